// Registers, lists, picks and leaves at a hub, of which it knows the address alone: `names <host:port>`.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	reflection "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	connection, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	check(err)
	defer connection.Close()
	service := find(ctx, connection)

	register := service.Methods().ByName("Register")
	stream, err := connection.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, path(register))
	check(err)
	send := func(json string) *dynamicpb.Message {
		check(stream.SendMsg(message(register.Input(), json)))
		answer := dynamicpb.NewMessage(register.Output())
		check(stream.RecvMsg(answer))
		return answer
	}
	answer := send(`{"register":{"service":"greeter","id":"go","host":"10.0.0.8","port":50051,"weight":2.5}}`)
	fmt.Println("registered", value(answer, "id"))
	fmt.Println("alive", value(send(`{"heartbeat":{}}`), "ttl_seconds"))

	listed := call(ctx, connection, service, "List", `{"service":"greeter"}`)
	instances := listed.Get(listed.Descriptor().Fields().ByName("instances")).List()
	for index := 0; index < instances.Len(); index++ {
		one := instances.Get(index).Message()
		fields := one.Descriptor().Fields()
		get := func(name protoreflect.Name) any { return one.Get(fields.ByName(name)).Interface() }
		fmt.Println("listed", get("id"), get("host"), get("port"), get("weight"))
	}
	picked := call(ctx, connection, service, "Pick", `{"service":"greeter"}`)
	one := picked.Get(picked.Descriptor().Fields().ByName("instance")).Message()
	fmt.Println("picked", one.Get(one.Descriptor().Fields().ByName("id")).Interface())

	check(stream.CloseSend())
	for stream.RecvMsg(dynamicpb.NewMessage(register.Output())) == nil {
	}
	left := call(ctx, connection, service, "List", `{"service":"greeter","any_status":true}`)
	fmt.Println("left", left.Get(left.Descriptor().Fields().ByName("instances")).List().Len())
}

func find(ctx context.Context, connection *grpc.ClientConn) protoreflect.ServiceDescriptor {
	stream, err := reflection.NewServerReflectionClient(connection).ServerReflectionInfo(ctx)
	check(err)
	check(stream.Send(&reflection.ServerReflectionRequest{
		MessageRequest: &reflection.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: "waypost.hub.v1.Names"},
	}))
	answer, err := stream.Recv()
	check(err)
	check(stream.CloseSend())
	files := &descriptorpb.FileDescriptorSet{}
	for _, bytes := range answer.GetFileDescriptorResponse().GetFileDescriptorProto() {
		file := &descriptorpb.FileDescriptorProto{}
		check(proto.Unmarshal(bytes, file))
		files.File = append(files.File, file)
	}
	known, err := protodesc.NewFiles(files)
	check(err)
	descriptor, err := known.FindDescriptorByName("waypost.hub.v1.Names")
	check(err)
	return descriptor.(protoreflect.ServiceDescriptor)
}

func call(ctx context.Context, connection *grpc.ClientConn, service protoreflect.ServiceDescriptor, name protoreflect.Name, json string) *dynamicpb.Message {
	method := service.Methods().ByName(name)
	answer := dynamicpb.NewMessage(method.Output())
	check(connection.Invoke(ctx, path(method), message(method.Input(), json), answer))
	return answer
}

func path(method protoreflect.MethodDescriptor) string {
	return fmt.Sprintf("/%s/%s", method.Parent().FullName(), method.Name())
}

func message(descriptor protoreflect.MessageDescriptor, json string) *dynamicpb.Message {
	made := dynamicpb.NewMessage(descriptor)
	check(protojson.Unmarshal([]byte(json), made))
	return made
}

func value(message *dynamicpb.Message, field protoreflect.Name) any {
	return message.Get(message.Descriptor().Fields().ByName(field)).Interface()
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
