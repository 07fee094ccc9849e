package import Foundation

/// The scan that a judgement rests on.
package struct EvaluatedReading: Sendable, Hashable {
    package let scan: ScanID
    /// When the scan read the environment; its oldest target's reading where they differ.
    package let at: Date
    /// Every target that the environment has or had members in was read completely, and none is suspect.
    package let complete: Bool

    package init(scan: ScanID, at: Date, complete: Bool) {
        self.scan = scan
        self.at = at
        self.complete = complete
    }
}

/// What one evaluation makes of a finding.
package struct FindingAdvance: Sendable, Hashable {
    /// The finding to keep; nil when there was none and there is none.
    package let finding: Finding?
    /// In the order in which they were applied; empty when nothing moved.
    package let events: [FindingEvent]
    package let effects: [FindingEffect]
    /// The reading or the verdict allowed no conclusion: nothing was counted, flagged or cleared (R1).
    package let frozen: Bool
}

/// Takes a finding as far as one judgement allows: flags, counts sightings, makes due, ends holds, clears.
///
/// The same judgement on the same scan again changes nothing. An incomplete reading, an undecided verdict and a
/// running teardown change nothing either.
///
/// `policy` is the one that the judgement names; `isUnowned`: no owner is known.
package func advance(
    _ finding: Finding?,
    of key: EnvironmentKey,
    by judgement: Judgement,
    reading: EvaluatedReading,
    policy: Policy?,
    isUnowned: Bool = false,
    now: Date
) throws(IllegalFindingMove) -> FindingAdvance {
    var course = FindingCourse(finding, reading: reading, now: now)
    guard reading.complete, finding?.state != .reaping, finding?.state != .reaped else { return course.frozen }
    switch judgement.verdict {
    case .undecided:
        return course.frozen
    case .keep, .leased, .protected, .permanent, .ambiguous:
        if let finding, finding.state != .cleared {
            try course.move(.cleared(because: "\(judgement.verdict.rawValue): \(judgement.reason)"))
        }
    case .stale:
        // `judge` never says stale without either; without them there is no rule to count by.
        guard let policy, let verdictClass = judgement.verdictClass else { return course.frozen }
        try course.flag(key, policy, verdictClass, judgement)
        if isUnowned { course.noteUnowned() }
        try course.count(policy)
        try course.ripen(policy)
    }
    return course.result
}

/// One evaluation under way.
private struct FindingCourse {
    var finding: Finding?
    let before: Finding?
    let reading: EvaluatedReading
    let now: Date
    var events: [FindingEvent] = []
    var effects: [FindingEffect] = []

    init(_ finding: Finding?, reading: EvaluatedReading, now: Date) {
        self.finding = finding
        before = finding
        self.reading = reading
        self.now = now
    }

    var frozen: FindingAdvance { FindingAdvance(finding: before, events: [], effects: [], frozen: true) }
    var result: FindingAdvance { FindingAdvance(finding: finding, events: events, effects: effects, frozen: false) }

    mutating func move(_ event: FindingEvent) throws(IllegalFindingMove) {
        guard var moved = finding else { return }
        effects += try moved.apply(event, now: now)
        finding = moved
        events.append(event)
    }

    mutating func flag(
        _ key: EnvironmentKey,
        _ policy: Policy,
        _ verdictClass: VerdictClass,
        _ judgement: Judgement
    ) throws(IllegalFindingMove) {
        guard let known = finding else {
            finding = Finding(
                flagging: key,
                policy: policy.name,
                verdictClass: verdictClass,
                reason: judgement.reason,
                now: now
            )
            events.append(.flagged)
            return
        }
        if known.state == .cleared {
            // What was read before it was cleared is no new sight of it; a release needs none.
            guard verdictClass == .released || countsAsSighting(policy) else { return }
            try move(.flagged)
        } else if verdictClass == .stale, known.verdictClass != .stale {
            // A release or a half-done teardown made it due without sightings or warning; its end ends that too.
            try move(.graceRestarted(because: .groundChanged))
        }
        finding?.policy = policy.name
        finding?.verdictClass = verdictClass
        finding?.reason = judgement.reason
    }

    /// Its grace is the longer one from now on, whoever is found to own it: that person was not the one who was warned.
    mutating func noteUnowned() {
        switch finding?.state {
        case .flagged, .warned: finding?.isUnowned = true
        case .due, .planned, .held, .reaping, .reaped, .cleared, nil: break
        }
    }

    mutating func count(_ policy: Policy) throws(IllegalFindingMove) {
        guard let finding, finding.state == .flagged || finding.state == .warned, finding.verdictClass != .released,
            finding.sightings.count < policy.sightings.count, countsAsSighting(policy)
        else { return }
        try move(.sighted(Sighting(scan: reading.scan, at: reading.at)))
    }

    /// One scan counts once, and only at least `apart` after the sighting before it (D7).
    private func countsAsSighting(_ policy: Policy) -> Bool {
        guard let finding else { return true }
        if let after = finding.countsAfter, reading.at <= after { return false }
        guard let last = finding.sightings.last else { return true }
        return !finding.sightings.contains { $0.scan == reading.scan } && reading.scan > last.scan
            && reading.at >= last.at.later(by: policy.sightings.apart)
    }

    mutating func ripen(_ policy: Policy) throws(IllegalFindingMove) {
        guard let finding else { return }
        switch finding.state {
        case .flagged, .warned:
            let reason = finding.whyNotDue(policy, now)
            if reason == nil { try move(.becameDue) } else { self.finding?.heldBack = reason }
        case .held:
            if let until = finding.heldUntil, now >= until { try move(.holdEnded) }
        case .due, .planned, .reaping, .reaped, .cleared: break
        }
    }
}

extension Finding {
    /// Nil when it is due; else what it waits for.
    fileprivate func whyNotDue(_ policy: Policy, _ now: Date) -> String? {
        if verdictClass == .released { return nil }
        guard sightings.count >= policy.sightings.count else {
            let next = nextSighting(under: policy).map { " on a scan after \($0.minuteText)" } ?? ""
            return "seen \(sightings.count) of \(policy.sightings.count) times; the next counts\(next)"
        }
        guard let end = dueAt(under: policy) else {
            return "policy `\(policy.name)` warns before anything is due, and no warning was delivered yet"
        }
        return now >= end ? nil : "\(Self.dueFrom)\(end.minuteText)"
    }

    private static let dueFrom = "due from "

    /// What it waits for beside the end of its grace, which is a date of its own; nil where that alone is still to come.
    package var waits: String? { heldBack.flatMap { $0.hasPrefix(Self.dueFrom) ? nil : $0 } }
}
