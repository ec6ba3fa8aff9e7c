"""Registers, lists, picks and leaves at a hub, of which it knows the address alone: `names.py <host:port>`."""
import queue
import sys

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

channel = grpc.insecure_channel(sys.argv[1])
pool = DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
service = pool.FindServiceByName("waypost.hub.v1.Names")


def method(name, kind):
    found = service.FindMethodByName(name)
    request, response = GetMessageClass(found.input_type), GetMessageClass(found.output_type)
    return request, kind(
        f"/{service.full_name}/{name}",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=response.FromString,
    )


Request, register = method("Register", channel.stream_stream)
ListRequest, list_instances = method("List", channel.unary_unary)
PickRequest, pick = method("Pick", channel.unary_unary)

messages = queue.Queue()
answers = register(iter(messages.get, None))
first = Request()
first.register.service, first.register.id, first.register.host = "greeter", "python", "10.0.0.7"
first.register.port, first.register.weight = 50051, 2.5
messages.put(first)
print("registered", next(answers).id)
beat = Request()
beat.heartbeat.SetInParent()
messages.put(beat)
print("alive", next(answers).ttl_seconds)
for instance in list_instances(ListRequest(service="greeter"), timeout=20).instances:
    print("listed", instance.id, instance.host, instance.port, instance.weight)
print("picked", pick(PickRequest(service="greeter"), timeout=20).instance.id)
messages.put(None)
for _ in answers:
    pass
print("left", len(list_instances(ListRequest(service="greeter", any_status=True), timeout=20).instances))
