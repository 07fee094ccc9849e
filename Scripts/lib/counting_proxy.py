"""A proxy on this machine that counts AWS calls by kind while it passes them on."""

import collections
import http.client
import http.server
import threading
import urllib.parse

HOP_BY_HOP = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}


def service(headers):
    """The service's signing name, from the scope of the signature; "unsigned" without one."""
    scope = headers.get("Authorization", "").partition("Credential=")[2].partition(",")[0].split("/")
    return scope[3] if len(scope) >= 5 else "unsigned"


def kind(method, target, headers, body):
    """What is asked: the service and its operation; method and sub-resource where a service has no other name for it."""
    name = service(headers)
    if "X-Amz-Target" in headers:
        return f"{name} {headers['X-Amz-Target'].rpartition('.')[2]}"
    path, _, query = target.partition("?")
    words = urllib.parse.parse_qs(body.decode("utf-8", "replace") or query, keep_blank_values=True)
    if "Action" in words:
        action = words["Action"][0]
        if action == "DescribeStacks":
            action += " of one" if "StackName" in words else " of all, a page"
        return f"{name} {action}"
    asked = ",".join(sorted(urllib.parse.parse_qs(query, keep_blank_values=True)))
    where = "object" if path.strip("/").count("/") else "bucket" if path.strip("/") else "service"
    return f"{name} {method} {where}" + (f"?{asked}" if asked else "")


class CountingProxy:
    """Counts into the phase that is set: `with CountingProxy(endpoint) as proxy: proxy.phase = "plan"`."""

    def __init__(self, endpoint):
        self.upstream = urllib.parse.urlparse(endpoint).netloc
        self.phase = "none"
        self.counts = collections.defaultdict(collections.Counter)
        self.refused = collections.Counter()
        self.lock = threading.Lock()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def count(self, what, status):
        with self.lock:
            self.counts[self.phase][what] += 1
            # 4xx are answers ("does not exist", "not imported by any stack"); these are calls that had to be repeated.
            if status >= 500 or status == 429:
                self.refused[self.phase] += 1

    def handler(proxy):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self):
                super().setup()
                self.onward = http.client.HTTPConnection(proxy.upstream, timeout=120)

            def finish(self):
                self.onward.close()
                super().finish()

            def pass_on(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length) if length else b""
                headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
                status, reason, back, answer = self.ask(body, headers)
                proxy.count(kind(self.command, self.path, self.headers, body), status)
                self.send_response_only(status, reason)
                for name, value in back:
                    if name.lower() not in HOP_BY_HOP and name.lower() != "content-length":
                        self.send_header(name, value)
                if self.command == "HEAD":
                    answer = b""
                else:
                    self.send_header("Content-Length", str(len(answer)))
                self._headers_buffer.append(b"\r\n")
                self.wfile.write(b"".join(self._headers_buffer) + answer)
                self._headers_buffer = []

            def ask(self, body, headers):
                # The emulator closes connections that were idle; a second one, then, for the same request.
                for last in (False, True):
                    try:
                        self.onward.request(self.command, self.path, body=body, headers=headers)
                        answer = self.onward.getresponse()
                        return answer.status, answer.reason, answer.getheaders(), answer.read()
                    except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                        self.onward.close()
                        if last:
                            raise

            def log_message(self, *_):
                pass

            do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = pass_on

        return Handler
