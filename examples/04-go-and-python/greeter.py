"""An instance of the service `greeter` in Python, with nothing but the standard library: the etcd v3 API as JSON over HTTP."""

import base64
import datetime
import http.server
import json
import os
import signal
import sys
import threading
import urllib.request

STORE = os.environ.get("WAYPOST_ENDPOINTS", "http://127.0.0.1:2379").split(",")[0]
TTL_SECONDS = 10
PREFIX = "/services/greeter/"
KEY = PREFIX + "python"


def encode(text):
    return base64.b64encode(text.encode()).decode()


def decode(data):
    return base64.b64decode(data).decode()


def send(path, body, timeout=5):
    request = urllib.request.Request(STORE + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    return urllib.request.urlopen(request, timeout=timeout)


def call(path, body):
    with send(path, body) as response:
        return json.load(response)


class Greeting(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello from Python")

    def log_message(self, *_):
        pass


def write(record, lease):
    call("/v3/kv/put", {"key": encode(KEY), "value": encode(json.dumps(record)), "lease": lease})


def keep_alive(lease, stopped):
    """Renews the lease three times in its life; a process that cannot must not be called any longer."""
    while not stopped.wait(TTL_SECONDS / 3):
        try:
            renewed = call("/v3/lease/keepalive", {"ID": lease})["result"]
            if int(renewed.get("TTL", 0)) <= 0:
                print("the lease is lost: restart the program to register again", file=sys.stderr)
                os._exit(1)
        except OSError as error:
            print("the store does not answer:", error, file=sys.stderr)


def see(known, key, value):
    try:
        record = json.loads(value)
        address = f"http://{record['host']}:{record['port']}/"
    except (ValueError, KeyError, TypeError) as error:
        print(f"{key} cannot be read: {error}", file=sys.stderr)
        return
    if record.get("status", "up") != "up" or key in known:
        return
    known.add(key)
    try:
        with urllib.request.urlopen(address, timeout=5) as response:
            says = response.read(100).decode()
    except OSError as error:
        says = str(error)
    print(f"Python finds {key}, which says: {says}", flush=True)


def follow():
    """Lists the instances, then watches from the revision after that list."""
    scope = {"key": encode(PREFIX), "range_end": encode(PREFIX[:-1] + "0")}
    listed = call("/v3/kv/range", scope)
    known = {KEY}
    for pair in listed.get("kvs", []):
        see(known, decode(pair["key"]), decode(pair["value"]))
    start = str(int(listed["header"]["revision"]) + 1)
    with send("/v3/watch", {"create_request": {**scope, "start_revision": start}}, timeout=None) as stream:
        for line in stream:
            for event in json.loads(line).get("result", {}).get("events", []):
                key = decode(event["kv"]["key"])
                if event.get("type") == "DELETE":
                    known.discard(key)
                    print(f"Python sees that {key} is gone", flush=True)
                else:
                    see(known, key, decode(event["kv"]["value"]))
    print("the watch has ended: start again to follow", file=sys.stderr)


def main():
    # It listens first, so that nobody is sent to a closed port.
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Greeting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    lease = call("/v3/lease/grant", {"TTL": TTL_SECONDS})["ID"]
    record = {
        "service": "greeter",
        "id": "python",
        "host": "127.0.0.1",
        "port": server.server_port,
        "status": "up",
        "registeredAt": datetime.datetime.now(datetime.timezone.utc).isoformat(),
    }
    write(record, lease)
    stopped = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    threading.Thread(target=keep_alive, args=(lease, stopped), daemon=True).start()
    threading.Thread(target=follow, daemon=True).start()
    stopped.wait()
    # Whoever leaves deliberately says so first: then nobody takes it for a crash.
    write({**record, "status": "leaving"}, lease)
    call("/v3/lease/revoke", {"ID": lease})


main()
