export { type ListenMicroserviceOptions, listenMicroservice } from './listen-microservice.ts'
export { type GrpcResolutionOptions, grpcResolution, type ServiceClient, serviceClient } from './service-client.ts'
export { type ServiceClientOptions, ServiceClientProxy } from './service-client-proxy.ts'
