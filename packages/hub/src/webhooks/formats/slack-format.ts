import type { BodyFormat } from './body-format.ts'
import { sentencesOf } from './sentences.ts'

/** Slack's incoming webhooks: https://api.slack.com/messaging/webhooks. They take about one message a second. */
export const slackFormat: BodyFormat = {
  maxEvents: 1_000,
  minIntervalMs: 1_000,
  build(message) {
    // The three characters that are markup there.
    const text = sentencesOf(message, 30_000).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    return { url: message.webhook.url, body: JSON.stringify({ text }), headers: {} }
  },
  complaint: () => undefined,
}
