import type { BodyFormat } from './body-format.ts'
import { codeComplaint } from './code-complaint.ts'
import { sentencesOf } from './sentences.ts'

/** WeCom's group robots: https://developer.work.weixin.qq.com/document/path/91770. Twenty messages a minute, of 2,048 bytes. */
export const wecomFormat: BodyFormat = {
  maxEvents: 1_000,
  minIntervalMs: 3_100,
  build(message) {
    const body = { msgtype: 'text', text: { content: sentencesOf(message, 2_000) } }
    return { url: message.webhook.url, body: JSON.stringify(body), headers: {} }
  },
  complaint: (answer) => codeComplaint(answer, 'errcode', 'errmsg'),
}
