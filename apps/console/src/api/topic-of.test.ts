import { expect, test } from 'vitest'
import { topicsOf } from './topic-of.ts'

test.each([
  ['', ['services', 'config', 'waypost', 'keys']],
  ['/serv', ['services', 'config', 'waypost', 'keys']],
  ['/services/', ['services']],
  ['/services/us', ['services']],
  ['/services/user/', ['services/user']],
  ['/services/user/web-1/', ['services/user']],
  ['/config/order/app', ['config/order']],
  ['/waypost/config/drafts/order/', ['waypost/config/drafts']],
  ['/notes/a', ['keys/notes']],
])('what is below %s is told as %s', (prefix, topics) => expect(topicsOf(prefix)).toEqual(topics))
