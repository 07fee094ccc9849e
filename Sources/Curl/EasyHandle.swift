import CCurl
import Threads

/// One libcurl easy handle with its connections, on a thread of its own: one transfer at a time.
@safe actor EasyHandle {
    private let executor: ThreadExecutor
    /// Only used on the executor's thread, and by `deinit`, when nobody else can.
    nonisolated(unsafe) let handle: UnsafeMutableRawPointer?

    private static let initialised: Bool = ccurl_global_init() == CURLE_OK

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    init(number: Int) {
        executor = ThreadExecutor(name: "curl-\(number)")
        unsafe handle = Self.initialised ? curl_easy_init() : nil
    }

    deinit {
        if let handle = unsafe handle { unsafe curl_easy_cleanup(handle) }
    }

    /// Blocks this actor's thread until the answer is complete or a limit is reached.
    func perform(
        _ request: HTTPRequest,
        to host: String,
        until cancellation: Cancellation
    ) -> Result<HTTPResponse, TransferError> {
        guard let handle = unsafe handle else {
            return .failure(TransferError(.other, host: host, detail: "libcurl could not be initialised"))
        }
        // Options go, connections, DNS and TLS sessions stay.
        unsafe curl_easy_reset(handle)
        let transfer = Transfer(host: host, maximumBytes: request.limits.maximumBytes, cancellation: cancellation)
        var list: UnsafeMutablePointer<curl_slist>?
        defer { unsafe curl_slist_free_all(list) }
        for line in headerLines(of: request) {
            guard let longer = unsafe curl_slist_append(list, line) else {
                return .failure(TransferError(.other, host: host, detail: "out of memory"))
            }
            unsafe list = longer
        }
        let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        defer { unsafe words.deallocate() }
        let options = unsafe Options(handle: handle)
        unsafe options.apply(request, isLoopback: isLoopback(host: host))
        unsafe options.set(CURLOPT_HTTPHEADER, list)
        unsafe options.set(CURLOPT_ERRORBUFFER, words)
        unsafe options.callbacks(Unmanaged.passUnretained(transfer).toOpaque())
        if let failed = unsafe options.failure {
            return .failure(TransferError(.other, host: host, code: Int(failed.rawValue), detail: phrase(failed)))
        }
        if cancellation.isCancelled { return .failure(TransferError(.cancelled, host: host)) }
        if let deadline = request.notAfter, ContinuousClock.now > deadline {
            return .failure(TransferError(.tooLate, host: host))
        }
        let code = unsafe curl_easy_perform(handle)
        return withExtendedLifetime(transfer) { unsafe outcome(code, transfer, words: words) }
    }

    private func outcome(
        _ code: CURLcode,
        _ transfer: Transfer,
        words: UnsafePointer<CChar>
    ) -> Result<HTTPResponse, TransferError> {
        guard code == CURLE_OK, let handle = unsafe handle else {
            let kind = transfer.tooLarge ? .tooLarge : failure(code)
            let buffered = unsafe String(cString: words)
            let detail = kind.showsDetail ? (buffered.isEmpty ? phrase(code) : buffered) : ""
            return .failure(TransferError(kind, host: transfer.host, code: Int(code.rawValue), detail: detail))
        }
        var status = 0
        let read = unsafe ccurl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        guard read == CURLE_OK, status >= 200 else {
            return .failure(TransferError(.brokeOff, host: transfer.host))
        }
        return .success(HTTPResponse(status: status, headers: transfer.headers, body: transfer.body))
    }

    /// Too long before a byte of the request was written is a connection that never came to be.
    private func failure(_ code: CURLcode) -> TransferError.Kind {
        let kind = TransferError.Kind(code)
        var sent = 0
        guard kind == .timedOut, let handle = unsafe handle,
            unsafe ccurl_get_long(handle, CURLINFO_REQUEST_SIZE, &sent) == CURLE_OK
        else { return kind }
        return sent == 0 ? .unconnected : .timedOut
    }
}

/// An empty `Expect:` keeps libcurl from waiting a second for "100 Continue"; an empty `Content-Type:` keeps it from
/// inventing one that was not signed.
private func headerLines(of request: HTTPRequest) -> [String] {
    var lines = request.headers.fields.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
    if request.headers["expect"] == nil { lines.append("Expect:") }
    if request.headers["content-type"] == nil { lines.append("Content-Type:") }
    return lines
}

func phrase(_ code: CURLcode) -> String {
    unsafe curl_easy_strerror(code).map { unsafe String(cString: $0) } ?? ""
}
