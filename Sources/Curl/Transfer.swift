import CCurl
import Synchronization

/// What libcurl's callbacks write to while one transfer runs; only ever touched on the transfer's thread, except
/// `cancelled`, which is atomic.
final class Transfer {
    let host: String
    let maximumBytes: Int
    let cancellation: Cancellation
    var headers = HTTPHeaders()
    var body: [UInt8] = []
    var tooLarge = false

    init(host: String, maximumBytes: Int, cancellation: Cancellation) {
        self.host = host
        self.maximumBytes = maximumBytes
        self.cancellation = cancellation
    }

    /// Returns false when the limit is passed, which makes libcurl stop.
    func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= maximumBytes else {
            tooLarge = true
            return false
        }
        unsafe body.append(contentsOf: bytes)
        return true
    }

    /// One line of the head; a status line starts a new head (100 Continue, a proxy's answer).
    func takeHeader(_ bytes: UnsafeRawBufferPointer) {
        let line = unsafe String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            headers = HTTPHeaders()
            return
        }
        guard let colon = line.firstIndex(of: ":") else { return }
        let value = line[line.index(after: colon)...]
        headers.add(String(line[..<colon]), trimmed(value))
    }

    private func trimmed(_ text: Substring) -> String {
        let inner = text.drop { $0.isWhitespace }
        guard let last = inner.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(inner[...last])
    }
}

/// Set once from any thread; libcurl's progress callback reads it about once a second and whenever bytes move.
final class Cancellation: Sendable {
    private let flag = Atomic(false)

    var isCancelled: Bool { flag.load(ordering: .acquiring) }

    func cancel() { flag.store(true, ordering: .releasing) }
}

let writeBody: curl_write_callback = { bytes, size, count, context in
    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    let taken = unsafe transfer.take(UnsafeRawBufferPointer(start: bytes, count: size * count))
    return taken ? size * count : 0
}

let writeHeader: curl_write_callback = { bytes, size, count, context in
    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    unsafe transfer.takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
    return size * count
}

let watchCancellation: curl_xferinfo_callback = { context, _, _, _, _ in
    guard let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.cancellation.isCancelled ? 1 : 0
}
