export type { GrpcChannelHelper, GrpcModule } from './grpc-api.ts'
export { type GrpcResolverOptions, registerGrpcResolver } from './grpc-resolver.ts'
