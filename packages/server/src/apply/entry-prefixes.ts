/** Where the storage keeps users, roles and permissions. */
export const authEntryPrefix = 'auth/'

/** Where it keeps the alarms that are raised. */
export const alarmEntryPrefix = 'alarm/'
