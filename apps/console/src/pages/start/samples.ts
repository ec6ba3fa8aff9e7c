/** The languages for which there is code to begin with. */
export const sampleLanguages = {
  typescript: 'TypeScript',
  nest: 'NestJS',
  go: 'Go',
  java: 'Java',
  python: 'Python',
  curl: 'curl',
} as const

export type SampleLanguage = keyof typeof sampleLanguages

interface Place {
  /** Where this console is served: the hub. */
  readonly hub: string
  /** The store, for those who speak etcd's protocol. */
  readonly store: string
}

interface Sample {
  /** What to install before, as a command. */
  readonly install?: string
  readonly register: string
  readonly configuration: string
}

/** Programs that register a service, follow it, and read configuration that may change. */
export function samplesFor({ hub, store }: Place): Readonly<Record<SampleLanguage, Sample>> {
  return {
    typescript: {
      install: 'npm install waypost',
      register: `import { connect } from 'waypost'

const waypost = await connect({ endpoints: '${store}' })
process.once('SIGTERM', () => waypost.close())

await waypost.registry.register({ service: 'hello', port: 3000 })
const hello = await waypost.registry.discover('hello')
console.log('hello is at', hello.pick()?.address)`,
      configuration: `const greetings = waypost.config.watch('hello/greeting.txt', { initial: true })
for await (const { value } of greetings) {
  console.log('the greeting is', value)
}`,
    },
    nest: {
      install: 'npm install waypost @waypost/nestjs',
      register: `import { Module } from '@nestjs/common'
import { WaypostModule } from '@waypost/nestjs'

@Module({
  imports: [
    WaypostModule.forRoot({ endpoints: '${store}', app: 'hello', isGlobal: true }),
    WaypostModule.registerOnListen({ service: 'hello' }),
  ],
})
export class AppModule {}`,
      configuration: `import { WaypostConfigModule } from '@waypost/nestjs'
import { z } from 'zod'

// In "imports" of the module. hello/application.yaml is read, checked, and followed.
WaypostConfigModule.forFeature(z.object({ greeting: z.string().default('hello') }))`,
    },
    go: {
      install: 'go get go.etcd.io/etcd/client/v3',
      register: `etcd, err := clientv3.New(clientv3.Config{Endpoints: []string{"${store}"}})
if err != nil {
	log.Fatal(err)
}
lease, err := etcd.Grant(ctx, 10)
if err != nil {
	log.Fatal(err)
}
record := \`{"service":"hello","id":"go-1","host":"127.0.0.1","port":3000,"status":"up"}\`
_, err = etcd.Put(ctx, "/services/hello/go-1", record, clientv3.WithLease(lease.ID))
if err != nil {
	log.Fatal(err)
}
alive, err := etcd.KeepAlive(ctx, lease.ID)
if err != nil {
	log.Fatal(err)
}
for range alive {
}`,
      configuration: `const key = "/config/hello/greeting.txt"
now, err := etcd.Get(ctx, key)
if err != nil {
	log.Fatal(err)
}
for _, kv := range now.Kvs {
	log.Printf("the greeting is %s", kv.Value)
}
for change := range etcd.Watch(ctx, key, clientv3.WithRev(now.Header.Revision+1)) {
	for _, event := range change.Events {
		log.Printf("the greeting is %s", event.Kv.Value)
	}
}`,
    },
    java: {
      install: 'implementation("io.etcd:jetcd-core:0.8.5")',
      register: `Client etcd = Client.builder().endpoints("${store}").build();
long lease = etcd.getLeaseClient().grant(10).get().getID();
String record = """
    {"service":"hello","id":"java-1","host":"127.0.0.1","port":3000,"status":"up"}""";
etcd.getKVClient()
    .put(bytes("/services/hello/java-1"), bytes(record), PutOption.builder().withLeaseId(lease).build())
    .get();
etcd.getLeaseClient().keepAlive(lease, Observers.observer(answer -> {}));`,
      configuration: `ByteSequence key = bytes("/config/hello/greeting.txt");
GetResponse now = etcd.getKVClient().get(key).get();
now.getKvs().forEach(kv -> System.out.println("the greeting is " + kv.getValue()));
WatchOption after = WatchOption.builder().withRevision(now.getHeader().getRevision() + 1).build();
etcd.getWatchClient().watch(key, after, change -> change.getEvents()
    .forEach(event -> System.out.println("the greeting is " + event.getKeyValue().getValue())));`,
    },
    python: {
      register: `import json, threading, urllib.request

HUB = "${hub}"

def ask(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(HUB + path, data=data, method=method, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or "null")

me = ask("POST", "/v1/names/hello/instances", {"host": "127.0.0.1", "port": 3000})

def stay_alive():
    ask("POST", f"/v1/sessions/{me['session']}/heartbeat")
    threading.Timer(3, stay_alive).start()

stay_alive()
print(ask("GET", "/v1/names/hello/instances"))`,
      configuration: `path = "hello%2Fgreeting.txt"
now = ask("GET", f"/v1/config/documents/{path}")
while True:
    print("the greeting is", now.get("content"))
    now = ask("GET", f"/v1/config/documents/{path}?wait=5m&since={now['revision']}")`,
    },
    curl: {
      register: `curl -X POST ${hub}/v1/names/hello/instances \\
  -H 'content-type: application/json' -d '{"host":"127.0.0.1","port":3000}'

# With the session of the answer, every few seconds:
curl -X POST ${hub}/v1/sessions/SESSION/heartbeat

curl ${hub}/v1/names/hello/instances`,
      configuration: `curl ${hub}/v1/config/documents/hello%2Fgreeting.txt

# Every change, as it happens:
curl -N '${hub}/v1/config/documents/hello%2Fgreeting.txt?watch=true'`,
    },
  }
}
