package import Core

/// Why a verb did not do what was asked, for people: what, on what, why, and what to do.
package struct Problem: Error, Sendable, CustomStringConvertible {
    /// The kinds are the documented exit statuses.
    package enum Kind: Int32, Sendable, CaseIterable {
        case partial = 4
        case undone = 5
        case usage = 64
        case data = 65
        case unavailable = 69
        case bug = 70
        case locked = 75
        case notAllowed = 77
        case configuration = 78
    }

    package let kind: Kind
    package let summary: String
    package let advice: String

    package init(_ kind: Kind, _ summary: String, advice: String = "") {
        self.kind = kind
        self.summary = summary
        self.advice = advice
    }

    /// Both in one line.
    package var line: String {
        guard let first = advice.first else { return summary }
        let rest = advice.dropFirst().split(separator: "\n").joined(separator: " ")
        return "\(summary); \(first.lowercased())\(rest.hasSuffix(".") ? rest.dropLast() : rest[...])"
    }

    package var description: String { advice.isEmpty ? summary : "\(summary)\n  \(advice)" }

    package init(_ failure: StoreFailure) {
        let kind: Kind =
            switch failure.kind {
            case .unreachable: .unavailable
            case .notFound: .usage
            case .conflict: .undone
            case .refused: .notAllowed
            case .schema: .configuration
            case .broken: .bug
            }
        let lookUp = failure.kind == .notFound ? "see what there is: curfew list, curfew plan list" : ""
        self.init(kind, failure.summary, advice: failure.advice.isEmpty ? lookUp : failure.advice)
    }

    package init(_ failure: ProviderFailure) {
        let kind: Kind =
            switch failure.kind {
            case .configuration, .wrongAccount: .configuration
            case .denied, .credentials, .unreachable, .throttled, .malformed, .refused: .unavailable
            }
        self.init(kind, failure.summary, advice: failure.advice)
    }

    /// Any error as a problem; what nobody foresaw is a bug and says so.
    package init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let failure as StoreFailure: self.init(failure)
        case let failure as ProviderFailure: self.init(failure)
        case is CancellationError: self.init(.undone, "stopped before it was finished", advice: "run it again")
        default:
            self.init(.bug, "an error nobody foresaw: \(error)", advice: "please report it with the command you ran")
        }
    }
}

/// Runs something that throws one of our failures, as a problem.
func reporting<Value>(_ body: () async throws -> Value) async throws(Problem) -> Value {
    do { return try await body() } catch { throw Problem(error) }
}
