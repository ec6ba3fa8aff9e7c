"""Asks the health service of gRPC through a gateway: a unary call with a trailer, a stream, an error and a deadline."""

import sys

import grpc

with grpc.insecure_channel(sys.argv[1]) as channel:
    raw = {"request_serializer": lambda name: b"\n" + bytes([len(name)]) + name.encode(), "response_deserializer": lambda data: data[1]}
    check = channel.unary_unary("/grpc.health.v1.Health/Check", **raw)
    watch = channel.unary_stream("/grpc.health.v1.Health/Watch", **raw)
    answer, call = check.with_call("shop", timeout=60)
    print("unary", answer, dict(call.trailing_metadata())["x-served-by"])
    for update in watch("shop", timeout=60):
        print("stream", update)
    print("end", "true")
    try:
        check("unknown", timeout=60)
    except grpc.RpcError as error:
        print("error", error.code().value[0], error.details())
    try:
        check("slow", timeout=0.3)
    except grpc.RpcError as error:
        print("deadline", error.code().value[0])
