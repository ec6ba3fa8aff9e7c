import { createHmac } from 'node:crypto'
import type { BodyFormat } from './body-format.ts'
import { codeComplaint } from './code-complaint.ts'
import { sentencesOf } from './sentences.ts'

/**
 * DingTalk's custom robots: https://open.dingtalk.com/document/orgapp/custom-robot-access. Twenty messages a minute. The
 * signature of timestamp (in milliseconds) and secret stands in the query.
 */
export const dingtalkFormat: BodyFormat = {
  maxEvents: 1_000,
  minIntervalMs: 3_100,
  build(message) {
    const { webhook, epochMs } = message
    const url = new URL(webhook.url)
    if (webhook.secret !== undefined) {
      const sign = createHmac('sha256', webhook.secret).update(`${epochMs}\n${webhook.secret}`).digest('base64')
      url.searchParams.set('timestamp', String(epochMs))
      url.searchParams.set('sign', sign)
    }
    const body = { msgtype: 'text', text: { content: sentencesOf(message, 15_000) } }
    return { url: url.href, body: JSON.stringify(body), headers: {} }
  },
  complaint: (answer) => codeComplaint(answer, 'errcode', 'errmsg'),
}
