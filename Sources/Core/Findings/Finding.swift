package import Foundation

/// A verdict of `stale`, kept over time: one for each life of an environment.
package struct Finding: Sendable, Hashable, Codable {
    package let key: EnvironmentKey
    package internal(set) var state: FindingState
    /// The policy that calls it stale.
    package internal(set) var policy: String
    package internal(set) var verdictClass: VerdictClass
    package internal(set) var reason: String
    /// When its grace began.
    package internal(set) var flaggedAt: Date
    /// Those that count towards the policy's number, oldest first (D7).
    package internal(set) var sightings: [Sighting]
    /// Readings up to this moment count no more: it was cleared, or its grace began anew.
    package internal(set) var countsAfter: Date?
    /// The newest warning that was delivered for it by name (D4).
    package internal(set) var newestWarning: Date?
    /// Since when it may be planned; nil before.
    package internal(set) var dueSince: Date?
    /// The end of a rejection's hold; nil unless held.
    package internal(set) var heldUntil: Date?
    package internal(set) var restarted: FindingEvent.RestartReason?
    /// No owner was known when its grace ran: it has the longer one, even when somebody is found meanwhile.
    ///
    /// Nil where that was never so.
    package internal(set) var isUnowned: Bool?
    /// Why it goes no further for now, for people; nil when nothing holds it back.
    package internal(set) var heldBack: String?

    /// A finding that was just flagged, without any sighting.
    package init(
        flagging key: EnvironmentKey,
        policy: String,
        verdictClass: VerdictClass,
        reason: String,
        now: Date
    ) {
        self.key = key
        state = .flagged
        self.policy = policy
        self.verdictClass = verdictClass
        self.reason = reason
        flaggedAt = now
        sightings = []
    }

    /// When its grace ends: the later of the flag and the newest delivered warning, and `warn.before` after it.
    ///
    /// A release is its own warning. Nil while a warning is needed and none was delivered (D4).
    package func dueAt(under policy: Policy) -> Date? {
        if verdictClass == .released { return flaggedAt }
        switch policy.warning {
        case .none: return flaggedAt
        case .before:
            let grace = policy.grace(unowned: isUnowned ?? false)
            return newestWarning.map { max(flaggedAt, $0).later(by: grace) }
        }
    }

    /// The earliest moment at which a reading can be the next sighting; nil when any can.
    package func nextSighting(under policy: Policy) -> Date? {
        [sightings.last?.at.later(by: policy.sightings.apart), countsAfter].compactMap(\.self).max()
    }
}

/// One time that an environment was stale on a complete reading.
package struct Sighting: Sendable, Hashable, Codable {
    package let scan: ScanID
    /// When the scan read it, not when it was evaluated.
    package let at: Date

    package init(scan: ScanID, at: Date) {
        self.scan = scan
        self.at = at
    }
}

extension Finding {
    /// Makes the move that an event asks for, or none.
    ///
    /// - Returns: what else has to be done.
    package mutating func apply(_ event: FindingEvent, now: Date) throws(IllegalFindingMove) -> [FindingEffect] {
        let before = state
        switch (state, event) {
        case (.flagged, .sighted(let sighting)), (.warned, .sighted(let sighting)):
            sightings.append(sighting)
        case (.flagged, .warningDelivered(let at)), (.warned, .warningDelivered(let at)):
            newestWarning = max(newestWarning ?? at, at)
            state = .warned
        case (.warned, .warningBounced(let remaining)):
            newestWarning = remaining
            state = remaining == nil ? .flagged : .warned
        case (.flagged, .becameDue), (.warned, .becameDue):
            state = .due
            dueSince = now
        case (.due, .planned), (.planned, .planned):
            state = .planned
        case (.planned, .planEnded), (.reaping, .reapEnded):
            state = .due
        case (.planned, .planRejected(let until)):
            state = .held
            heldUntil = until
        case (.held, .holdEnded):
            state = .due
            heldUntil = nil
        case (.planned, .reapStarted):
            state = .reaping
        case (.reaping, .reaped):
            state = .reaped
        case (.cleared, .flagged):
            state = .flagged
            flaggedAt = now
            restarted = nil
        case (.flagged, .cleared), (.warned, .cleared), (.due, .cleared), (.planned, .cleared), (.held, .cleared):
            state = .cleared
            startCountingAnew(now)
        case (.flagged, .graceRestarted(let because)), (.warned, .graceRestarted(let because)),
            (.due, .graceRestarted(let because)), (.planned, .graceRestarted(let because)),
            (.held, .graceRestarted(let because)):
            state = .flagged
            flaggedAt = now
            restarted = because
            startCountingAnew(now)
        default:
            throw IllegalFindingMove(key: key, state: state, event: event)
        }
        heldBack = nil
        return effects(of: event, from: before)
    }

    private mutating func startCountingAnew(_ now: Date) {
        sightings = []
        countsAfter = now
        newestWarning = nil
        dueSince = nil
        heldUntil = nil
        isUnowned = nil
    }

    private func effects(of event: FindingEvent, from before: FindingState) -> [FindingEffect] {
        guard before == .due || before == .planned || before == .held else { return [] }
        switch event {
        case .cleared: return [.withdrawOpenPlan]
        case .graceRestarted: return [.supersedeOpenPlan]
        default: return []
        }
    }
}
