package import Foundation

extension Finding {
    /// Brings the finding in line with what is known of its warnings: the newest that was delivered in this grace and did
    /// not come back, nil where there is none (D4).
    ///
    /// - Returns: what happened, empty when nothing moved.
    package mutating func note(newestDelivered: Date?, now: Date) throws(IllegalFindingMove) -> [FindingEvent] {
        guard state == .flagged || state == .warned, newestDelivered != newestWarning else { return [] }
        let event: FindingEvent =
            if let newestDelivered, newestDelivered > newestWarning ?? .distantPast {
                .warningDelivered(at: newestDelivered)
            } else {
                .warningBounced(remaining: newestDelivered)
            }
        _ = try apply(event, now: now)
        return [event]
    }

    /// When the next reminder is to be sent under this policy; nil when there is none to come.
    ///
    /// Reminders stand before the end of the grace, and after the warning that began it.
    package func reminder(under policy: Policy, at now: Date) -> Duration? {
        guard state == .warned, case .before(let before, let remind) = policy.warning,
            let end = dueAt(under: policy), now < end
        else { return nil }
        return remind.sorted().first { $0 < before && now >= end.later(by: .zero - $0) }
    }
}
