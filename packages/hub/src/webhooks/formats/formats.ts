import type { WebhookFormat } from '../webhook.ts'
import type { BodyFormat } from './body-format.ts'
import { dingtalkFormat } from './dingtalk-format.ts'
import { feishuFormat } from './feishu-format.ts'
import { jsonFormat } from './json-format.ts'
import { slackFormat } from './slack-format.ts'
import { wecomFormat } from './wecom-format.ts'

export const formats: Readonly<Record<WebhookFormat, BodyFormat>> = {
  json: jsonFormat,
  slack: slackFormat,
  feishu: feishuFormat,
  dingtalk: dingtalkFormat,
  wecom: wecomFormat,
}
