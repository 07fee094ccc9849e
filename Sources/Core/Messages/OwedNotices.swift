package import Foundation

/// One environment as notices see it.
package struct NoticeGround: Sendable {
    package var key: EnvironmentKey
    package var finding: Finding
    package var policy: Policy?
    /// By a complete reading it is stale now: what is not known is not announced.
    package var isStale: Bool
    /// All of its accounts are reaped in and none is held: nobody is told of an end that cannot come.
    package var isThreatened: Bool
    /// Something stands in the way of its plan: it is due, and does not end before that is gone.
    package var isBlocked: Bool
    package var endedAt: Date?
    /// Everything that was said of it before, to anybody.
    package var history: [NoticeRecord]

    package init(
        key: EnvironmentKey,
        finding: Finding,
        policy: Policy?,
        isStale: Bool,
        isThreatened: Bool,
        isBlocked: Bool = false,
        endedAt: Date?,
        history: [NoticeRecord]
    ) {
        self.key = key
        self.finding = finding
        self.policy = policy
        self.isStale = isStale
        self.isThreatened = isThreatened
        self.isBlocked = isBlocked
        self.endedAt = endedAt
        self.history = history
    }
}

/// What there is to say, and to whom.
package struct OwedNotice: Sendable, Hashable {
    package enum Audience: Sendable, Hashable {
        case owner
        /// Who was told of it before.
        case told(Set<Recipient>)
    }

    package var notice: Notice
    package var audience: Audience
}

extension NoticeGround {
    /// How long after a teardown its owner is still told of it: longer, and nights that failed lose nothing.
    package static let reapedWithin = Duration.seconds(8 * 86_400)

    /// What there is to say of this environment now, whether it was said before or not.
    package func owed(now: Date) -> [OwedNotice] {
        if let endedAt {
            // Never of things already gone, but that they went.
            guard finding.state == .reaped, now.passed(since: endedAt) < Self.reapedWithin else { return [] }
            return [OwedNotice(notice: Notice(.reaped, of: key, subject: "reaped"), audience: .owner)]
        }
        switch finding.state {
        case .flagged, .warned: return isStale && isThreatened ? before(now) : []
        case .due, .planned:
            guard isStale, isThreatened, let since = finding.dueSince else { return [] }
            // Once what was in the way is gone, that it is due is news again.
            let subject = "due \(Self.moment(since))\(isBlocked ? ", blocked" : "")"
            return [OwedNotice(notice: Notice(.due, of: key, subject: subject), audience: .owner)]
        case .cleared: return clearing()
        case .reaping, .held, .reaped: return []
        }
    }

    private func before(_ now: Date) -> [OwedNotice] {
        // A release is its own warning: it is due with the next evaluation.
        guard finding.verdictClass != .released, let policy, case .before = policy.warning else { return [] }
        let grace = Notice.grace(since: finding.flaggedAt)
        var owed = [OwedNotice(notice: Notice(.warned, of: key, subject: grace), audience: .owner)]
        if let before = finding.reminder(under: policy, at: now) {
            let subject = "\(grace), \(DurationText.format(before)) before"
            owed.append(OwedNotice(notice: Notice(.reminded, of: key, subject: subject), audience: .owner))
        }
        return owed
    }

    /// Only who was told of an end is told that it does not come.
    private func clearing() -> [OwedNotice] {
        let alarming: Set<NoticeKind> = [.warned, .reminded, .due, .awaitingApproval]
        var calmed: [Recipient: MessageID] = [:]
        for record in history where record.notice.kind == .cleared && record.isDelivered {
            calmed[record.recipient] = max(calmed[record.recipient] ?? record.message, record.message)
        }
        let told = history.filter { record in
            alarming.contains(record.notice.kind) && (record.isDelivered || record.state == .uncertain)
                && calmed[record.recipient].map { record.message > $0 } ?? true
        }
        guard let cleared = finding.countsAfter, !told.isEmpty else { return [] }
        return [
            OwedNotice(
                notice: Notice(.cleared, of: key, subject: "cleared \(Self.moment(cleared))"),
                audience: .told(Set(told.map(\.recipient)))
            )
        ]
    }

    static func moment(_ date: Date) -> Int64 { Int64((date.timeIntervalSince1970 * 1000).rounded()) }
}

extension [NoticeRecord] {
    /// From one failure to the next try of the same notice: a night.
    package static var patience: Duration { .seconds(20 * 3_600) }

    /// How the newest try to say this ended, where nobody heard of it and none is under way.
    package func failure(of notice: Notice, for recipient: Recipient) -> String? {
        guard
            let last = filter({ $0.notice == notice && $0.recipient == recipient }).max(by: { $0.message < $1.message })
        else { return nil }
        switch last.state {
        case .refused: return "it was refused"
        case .uncertain where last.isRepeated: return "nobody knows whether it arrived"
        case .accepted where last.bounced: return "it came back"
        case .queued, .sending, .accepted, .uncertain: return nil
        }
    }

    /// Whether the recipient still has to hear of it, given everything that was said of its environment.
    ///
    /// What is queued and was never sent counts as not said: it is put together anew.
    package func lacks(_ notice: Notice, for recipient: Recipient, now: Date) -> Bool {
        let said = filter { $0.notice == notice && $0.recipient == recipient }
        for record in said {
            switch record.state {
            case .queued where !record.isRepeated: continue
            case .queued, .sending: return false
            case .accepted where !record.bounced: return false
            case .uncertain:
                // Only a warning has to be proven; and what may have arrived is not said twice in one night.
                guard notice.kind == .warned, record.isRepeated, now.passed(since: record.at) >= Self.patience else {
                    return false
                }
            case .accepted, .refused:
                guard now.passed(since: record.at) >= Self.patience else { return false }
            }
        }
        return true
    }
}
