/// Why a transfer gave no complete answer.
///
/// Safe to show: it names the host, never the path, query, headers or body.
package struct TransferError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: String, Sendable, CaseIterable {
        case unresolved = "could not be found by name"
        case unconnected = "could not be connected to"
        case timedOut = "took too long"
        case tls = "could not be trusted (TLS)"
        case brokeOff = "broke off before its answer was complete"
        case tooLarge = "answered with more than is accepted"
        case cancelled = "was not waited for: cancelled"
        case tooLate = "was not called: the deadline had passed"
        case other = "could not be called"
    }

    package let kind: Kind
    /// Host and port as called, without user, path or query.
    package let host: String
    /// libcurl's own number, 0 where the failure is not libcurl's.
    package let code: Int
    /// libcurl's words on connecting, names and certificates; empty otherwise.
    package let detail: String

    package init(_ kind: Kind, host: String, code: Int = 0, detail: String = "") {
        self.kind = kind
        self.host = host
        self.code = code
        self.detail = detail
    }

    /// Nothing of the request was sent, so nothing can have been done at the other end.
    package var nothingWasSent: Bool {
        switch kind {
        case .unresolved, .unconnected, .tls, .tooLate: true
        case .timedOut, .brokeOff, .tooLarge, .cancelled, .other: false
        }
    }

    package var description: String {
        detail.isEmpty ? "\(host) \(kind.rawValue)" : "\(host) \(kind.rawValue): \(detail)"
    }
}
