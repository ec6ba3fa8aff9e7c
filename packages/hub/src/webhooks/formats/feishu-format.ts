import { createHmac } from 'node:crypto'
import type { BodyFormat } from './body-format.ts'
import { codeComplaint } from './code-complaint.ts'
import { sentencesOf } from './sentences.ts'

/**
 * Feishu's custom bots: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot. Five messages a second and
 * 100 a minute, of 20 KB. The signature's key is timestamp and secret, and what is signed is empty.
 */
export const feishuFormat: BodyFormat = {
  maxEvents: 1_000,
  minIntervalMs: 600,
  build(message) {
    const { webhook, epochMs } = message
    const content = { msg_type: 'text', content: { text: sentencesOf(message, 15_000) } }
    if (webhook.secret === undefined) return { url: webhook.url, body: JSON.stringify(content), headers: {} }
    const timestamp = String(Math.floor(epochMs / 1000))
    const sign = createHmac('sha256', `${timestamp}\n${webhook.secret}`).digest('base64')
    return { url: webhook.url, body: JSON.stringify({ timestamp, sign, ...content }), headers: {} }
  },
  complaint: (answer) => codeComplaint(answer, 'code', 'msg'),
}
