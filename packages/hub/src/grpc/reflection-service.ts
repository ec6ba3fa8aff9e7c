import { type RpcHandler, StatusCode, stream } from '@waypost/rpc/server'
import { descriptors } from './generated/descriptors.ts'
import {
  ErrorResponse,
  FileDescriptorResponse,
  ServerReflection,
  type ServerReflectionRequest,
  ServerReflectionResponse,
} from './generated/reflection.ts'

const services = ['waypost.hub.v1.Names', 'grpc.reflection.v1.ServerReflection']

/**
 * Tells clients such as `grpcurl` which services there are and what their messages look like, in the version v1 and in
 * v1alpha, whose messages are the same. Nobody needs to log in to ask.
 *
 * Source: gRPC, "Server Reflection Protocol".
 */
export function reflectionHandlers(): RpcHandler[] {
  const { serverReflectionInfo } = ServerReflection
  const paths = [serverReflectionInfo.path, serverReflectionInfo.path.replace('.v1.', '.v1alpha.')]
  return paths.map((path) =>
    stream({ ...serverReflectionInfo, path }, (call) => {
      call.onMessage((request) => {
        if (!call.send(answer(request))) call.pause()
      })
      call.onDrain(() => call.resume())
      call.onHalfClose(() => call.end())
    }),
  )
}

function answer(request: ServerReflectionRequest): ServerReflectionResponse {
  const { host, fileByFilename, fileContainingSymbol, listServices } = request
  const known = { validHost: host, originalRequest: request }
  if (listServices !== undefined) {
    const list = { service: services.map((name) => ({ name })) }
    return ServerReflectionResponse.create({ ...known, listServicesResponse: list })
  }
  if (fileByFilename === undefined && fileContainingSymbol === undefined) {
    return ServerReflectionResponse.create({
      ...known,
      errorResponse: failure(StatusCode.UNIMPLEMENTED, 'not supported'),
    })
  }
  const found = descriptors.find(
    ({ file, symbols }) =>
      file === fileByFilename ||
      symbols.some((symbol) => fileContainingSymbol === symbol || fileContainingSymbol?.startsWith(`${symbol}.`)),
  )
  if (found === undefined) {
    const what = fileByFilename ?? fileContainingSymbol
    return ServerReflectionResponse.create({
      ...known,
      errorResponse: failure(StatusCode.NOT_FOUND, `${what} is not known`),
    })
  }
  const fileDescriptorProto = [Buffer.from(found.base64, 'base64')]
  return ServerReflectionResponse.create({
    ...known,
    fileDescriptorResponse: FileDescriptorResponse.create({ fileDescriptorProto }),
  })
}

function failure(errorCode: StatusCode, errorMessage: string): ErrorResponse {
  return ErrorResponse.create({ errorCode, errorMessage })
}
