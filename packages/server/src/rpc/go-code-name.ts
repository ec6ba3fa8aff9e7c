import { type StatusCode, statusName } from '@waypost/rpc/server'

/** The code's name as grpc-go writes it: `OK`, `PermissionDenied`. */
export function goCodeName(code: StatusCode): string {
  if (code === 0) return 'OK'
  return statusName(code)
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('')
}
