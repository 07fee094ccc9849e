import CCurl

/// Sets libcurl options and remembers the first refusal.
@unsafe final class Options {
    let handle: UnsafeMutableRawPointer
    private(set) var failure: CURLcode?

    init(handle: UnsafeMutableRawPointer) { unsafe self.handle = unsafe handle }

    func apply(_ request: HTTPRequest, isLoopback: Bool) {
        unsafe check(ccurl_allow_http_only(handle))
        unsafe set(CURLOPT_URL, request.url)
        unsafe set(CURLOPT_NOSIGNAL, 1)
        unsafe set(CURLOPT_FOLLOWLOCATION, 0)
        // The path was signed as written.
        unsafe set(CURLOPT_PATH_AS_IS, 1)
        unsafe set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        unsafe set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        unsafe set(CURLOPT_USERAGENT, "curfew")
        // A loopback address means this machine, whatever proxy the environment names.
        if isLoopback || !request.mayUseProxy { unsafe set(CURLOPT_NOPROXY, "*") }
        unsafe limits(request.limits)
        unsafe method(request)
    }

    private func method(_ request: HTTPRequest) {
        switch request.method {
        case "GET" where request.body.isEmpty:
            unsafe set(CURLOPT_HTTPGET, 1)
        case "HEAD":
            unsafe set(CURLOPT_NOBODY, 1)
        default:
            unsafe set(CURLOPT_POST, 1)
            unsafe set(CURLOPT_CUSTOMREQUEST, request.method)
            if request.body.isEmpty {
                // A null pointer would make libcurl read the body from standard input.
                var nothing: UInt8 = 0
                unsafe check(ccurl_set_body(handle, &nothing, 0))
            } else {
                unsafe request.body.withUnsafeBytes { bytes in
                    unsafe check(ccurl_set_body(handle, bytes.baseAddress, curl_off_t(bytes.count)))
                }
            }
        }
    }

    private func limits(_ limits: TransferLimits) {
        unsafe set(CURLOPT_CONNECTTIMEOUT_MS, limits.connect.milliseconds)
        unsafe set(CURLOPT_TIMEOUT_MS, limits.total.milliseconds)
        unsafe set(CURLOPT_LOW_SPEED_LIMIT, limits.slowestBytesPerSecond)
        unsafe set(CURLOPT_LOW_SPEED_TIME, Int(max(1, limits.slow.components.seconds)))
    }

    func callbacks(_ context: UnsafeMutableRawPointer) {
        unsafe check(ccurl_set_write(handle, CURLOPT_WRITEFUNCTION, writeBody))
        unsafe check(ccurl_set_pointer(handle, CURLOPT_WRITEDATA, context))
        unsafe check(ccurl_set_write(handle, CURLOPT_HEADERFUNCTION, writeHeader))
        unsafe check(ccurl_set_pointer(handle, CURLOPT_HEADERDATA, context))
        unsafe check(ccurl_set_progress(handle, watchCancellation))
        unsafe check(ccurl_set_pointer(handle, CURLOPT_XFERINFODATA, context))
        unsafe set(CURLOPT_NOPROGRESS, 0)
    }

    func set(_ option: CURLoption, _ value: Int) { unsafe check(ccurl_set_long(handle, option, value)) }

    func set(_ option: CURLoption, _ value: String) { unsafe check(ccurl_set_string(handle, option, value)) }

    func set(_ option: CURLoption, _ value: UnsafeMutablePointer<curl_slist>?) {
        unsafe check(ccurl_set_list(handle, option, value))
    }

    func set(_ option: CURLoption, _ value: UnsafeMutablePointer<CChar>?) {
        unsafe check(ccurl_set_pointer(handle, option, value))
    }

    func check(_ code: CURLcode) {
        if code != CURLE_OK, unsafe failure == nil { unsafe failure = code }
    }
}

extension Duration {
    /// At least 1: libcurl takes 0 for "no limit".
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        return max(1, Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000))
    }
}

extension TransferError.Kind {
    init(_ code: CURLcode) {
        self =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .unresolved
            case CURLE_COULDNT_CONNECT, CURLE_PROXY: .unconnected
            case CURLE_OPERATION_TIMEDOUT: .timedOut
            case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
                CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS,
                CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED,
                CURLE_SSL_CRL_BADFILE, CURLE_USE_SSL_FAILED:
                .tls
            case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_WEIRD_SERVER_REPLY,
                CURLE_SEND_FAIL_REWIND:
                .brokeOff
            case CURLE_FILESIZE_EXCEEDED: .tooLarge
            case CURLE_ABORTED_BY_CALLBACK: .cancelled
            default: .other
            }
    }

    var showsDetail: Bool {
        switch self {
        case .unresolved, .unconnected, .tls: true
        case .timedOut, .brokeOff, .tooLarge, .cancelled, .tooLate, .other: false
        }
    }
}
