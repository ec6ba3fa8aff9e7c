import { catalogue } from '../i18n/catalogue.ts'

/** What each code means and what to do, in the words of docs/reference/errors.md. */
export const errorMessages = catalogue({
  en: {
    'invalid-argument': {
      meaning: 'A value is malformed or out of range.',
      cure: 'Correct the value that the message names.',
    },
    'not-found': { meaning: 'This does not exist.', cure: 'Check the name. It may have been deleted meanwhile.' },
    'already-exists': { meaning: 'This exists already.', cure: 'Choose another name, or use the existing one.' },
    'failed-precondition': { meaning: 'Something else must be done first.', cure: 'The message says what is missing.' },
    conflict: {
      meaning: 'Somebody else changed this meanwhile.',
      cure: 'Compare the two versions, decide, and publish again.',
    },
    unauthenticated: { meaning: 'You are not logged in.', cure: 'Log in and try again.' },
    'permission-denied': {
      meaning: 'Your user may not do this.',
      cure: 'Ask an administrator for the permission that the message names.',
    },
    compacted: { meaning: 'The store no longer keeps this revision.', cure: 'Choose a later revision.' },
    'no-space': {
      meaning: 'The store is over its quota or its disk is full.',
      cure: 'Compact and defragment, or raise the quota, then disarm the alarm.',
    },
    'too-large': { meaning: 'This is larger than the store accepts.', cure: 'Split it into smaller parts.' },
    overloaded: { meaning: 'The store asks for fewer requests.', cure: 'Wait a moment and try again.' },
    unavailable: { meaning: 'The store does not answer.', cure: 'Check that it runs: waypost doctor' },
    'deadline-exceeded': { meaning: 'No answer came in time. Nothing was changed.', cure: 'Try again.' },
    'outcome-unknown': {
      meaning: 'The connection broke before the answer came. The change may or may not have been made.',
      cure: 'Look at the present state before you try again.',
    },
    network: {
      meaning: 'The hub cannot be reached.',
      cure: 'Check that it runs and that you are connected to its network.',
    },
    other: {
      meaning: 'Something went wrong.',
      cure: 'Try again. If it stays, give the code and the request id to whoever runs the hub.',
    },
  },
  'zh-CN': {
    'invalid-argument': { meaning: '参数格式错误或超出范围。', cure: '请修正错误信息中指出的值。' },
    'not-found': { meaning: '目标不存在。', cure: '请检查名称，它也可能刚刚被删除。' },
    'already-exists': { meaning: '目标已存在。', cure: '请换一个名称，或直接使用已有的。' },
    'failed-precondition': { meaning: '前置条件不满足。', cure: '错误信息中说明了缺少什么。' },
    conflict: { meaning: '其间已有他人修改。', cure: '对比两个版本，确认后重新发布。' },
    unauthenticated: { meaning: '尚未登录。', cure: '请登录后重试。' },
    'permission-denied': { meaning: '当前用户无权执行此操作。', cure: '请向管理员申请错误信息中指出的权限。' },
    compacted: { meaning: '存储已不再保留该修订版本。', cure: '请选择更新的修订版本。' },
    'no-space': { meaning: '存储超出配额或磁盘已满。', cure: '执行压缩和碎片整理，或提高配额，然后解除告警。' },
    'too-large': { meaning: '内容超过存储允许的大小。', cure: '请拆分成更小的部分。' },
    overloaded: { meaning: '存储要求降低请求频率。', cure: '稍候再试。' },
    unavailable: { meaning: '存储没有响应。', cure: '请检查存储是否在运行：waypost doctor' },
    'deadline-exceeded': { meaning: '未在规定时间内得到响应，没有做任何更改。', cure: '请重试。' },
    'outcome-unknown': {
      meaning: '响应返回前连接中断，更改可能已生效，也可能没有。',
      cure: '重试前请先查看当前状态。',
    },
    network: { meaning: '无法连接到 hub。', cure: '请检查 hub 是否在运行，以及网络是否连通。' },
    other: { meaning: '出现了错误。', cure: '请重试。若仍然失败，请把错误码和请求 ID 告诉 hub 的维护者。' },
  },
})
