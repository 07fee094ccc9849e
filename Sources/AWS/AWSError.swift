import Foundation

/// Why a call to AWS gave no answer that can be used.
///
/// Safe to show: no secret, token or signature is ever in it.
package struct AWSError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: String, Sendable, CaseIterable {
        /// The service said no for a reason of its own, see `code`.
        case refused
        case throttled
        case accessDenied
        case expiredCredentials
        case wrongCredentials
        case noCredentials
        /// The signature's time and the server's clock are too far apart.
        case clockSkewed
        /// 5xx, or a code that AWS documents as passing.
        case serviceFailure
        /// No connection: name, network or certificate.
        case unreachable
        /// The connection was made, the answer never was complete: reset, short body, too slow.
        case brokenOff
        /// Not XML or JSON at all.
        case malformedAnswer
        /// Well-formed, but not what the operation promises; also answers longer than accepted.
        case notUnderstood
        /// A setting is wrong; nothing was sent.
        case misconfigured
        case cancelled
        /// The caller's deadline had passed before anything was sent.
        case deadlinePassed
    }

    package let kind: Kind
    /// `cloudformation`, `sts`, …; empty where no service was called.
    package let service: String
    package let operation: String
    package let region: String
    /// The service's own code, such as `ValidationError`; empty where none was given.
    package let code: String
    package let message: String
    package let requestID: String?
    /// HTTP status, 0 without an answer.
    package let status: Int
    /// What the server asked us to wait.
    package let retryAfter: Duration?

    package init(
        _ kind: Kind,
        service: String = "",
        operation: String = "",
        region: String = "",
        code: String = "",
        message: String,
        requestID: String? = nil,
        status: Int = 0,
        retryAfter: Duration? = nil
    ) {
        self.kind = kind
        self.service = service
        self.operation = operation
        self.region = region
        self.code = code
        self.message = oneLine(message)
        self.requestID = requestID
        self.status = status
        self.retryAfter = retryAfter
    }

    /// Trying the same again may help.
    package var retryable: Bool {
        switch kind {
        case .throttled, .serviceFailure, .unreachable, .brokenOff, .malformedAnswer: true
        case .refused, .accessDenied, .expiredCredentials, .wrongCredentials, .noCredentials, .clockSkewed,
            .notUnderstood, .misconfigured, .cancelled, .deadlinePassed:
            false
        }
    }

    /// A named stack that is not there: AWS says `ValidationError`, "Stack with id X does not exist".
    package var isStackMissing: Bool {
        service == AWSService.cloudformation.rawValue && code == "ValidationError" && message.contains("does not exist")
    }

    package var isAccessDenied: Bool { kind == .accessDenied }

    package var isThrottling: Bool { kind == .throttled }

    /// At most two lines: what happened, and what to do.
    package var description: String {
        var what = service.isEmpty ? "" : "\(service) \(operation)"
        if !region.isEmpty { what += " in \(region)" }
        if !code.isEmpty { what += what.isEmpty ? code : ": \(code)" }
        what += what.isEmpty ? message : ": \(message)"
        if let requestID, !requestID.isEmpty { what += " (request \(requestID))" }
        guard let advice else { return what }
        return what + "\n" + advice
    }

    func on(_ service: AWSService, _ operation: String, region: String) -> AWSError {
        AWSError(
            kind,
            service: self.service.isEmpty ? service.rawValue : self.service,
            operation: self.operation.isEmpty ? operation : self.operation,
            region: self.region.isEmpty ? region : self.region,
            code: code,
            message: message,
            requestID: requestID,
            status: status,
            retryAfter: retryAfter
        )
    }
}

/// Line breaks become spaces, and what is longer than 400 characters is cut.
private func oneLine(_ text: String) -> String {
    let line = text.split(whereSeparator: { $0.isNewline || $0 == "\t" }).joined(separator: " ")
    return line.count <= 400 ? line : line.prefix(400) + "…"
}
