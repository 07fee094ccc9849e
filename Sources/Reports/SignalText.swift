package import Core
package import Foundation

extension SignalRecord {
    /// For `show`: everything that is known of it at once.
    func text(on canvas: Canvas) -> String {
        if let inapplicable { return "not applicable: \(inapplicable)" }
        var parts: [String] = []
        switch kind {
        case .invoked:
            if let seen { parts.append("\(canvas.time(seen.at)), \(seen.what), counted by day") }
            if let noneSince, seen.map({ $0.at < noneSince }) ?? true {
                parts.append("not since \(canvas.time(noneSince))\(detail.map { " (\($0))" } ?? "")")
            }
        case .rollout:
            if let seen { parts.append("in progress: \(seen.what)") } else if noneSince != nil { parts.append("none") }
        }
        if let missing { parts.append("\(parts.isEmpty ? "" : "the rest is ")unknown: \(missing)") }
        return "\(parts.joined(separator: "; ")); read \(canvas.time(readAt))"
    }
}

/// One signal of an environment beyond its components.
package struct SignalJSON: Encodable, Sendable {
    /// `invoked`, `rollout`.
    package var kind: String
    /// `seen`, `none`, `unknown`, `not applicable`; what was seen stays known where the rest is unknown.
    package var state: String
    /// The latest use, to the end of its day; of a rollout, when it was seen.
    @OrNull package var seenAt: Date?
    /// Of what.
    @OrNull package var seen: String?
    /// Not since then, as far as all of it was read.
    @OrNull package var noneSince: Date?
    /// What was read, or why it is unknown or not applicable.
    @OrNull package var detail: String?
    package var readAt: Date

    package init(_ record: SignalRecord) {
        kind = record.kind.rawValue
        state =
            if record.inapplicable != nil {
                "not applicable"
            } else if record.missing != nil {
                "unknown"
            } else { record.seen == nil ? "none" : "seen" }
        seenAt = record.seen?.at
        seen = record.seen?.what
        noneSince = record.noneSince
        detail = record.inapplicable ?? record.missing ?? record.detail
        readAt = record.readAt
    }
}
