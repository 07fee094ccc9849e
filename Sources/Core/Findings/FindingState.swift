/// Where a finding stands.
///
/// The same words are a CHECK constraint in the database.
package enum FindingState: String, Sendable, Codable, CaseIterable {
    /// Seen stale at least once, or released. Evaluation makes it, from nothing or from `cleared`; a restarted grace
    /// brings any state but `reaping` and `reaped` back here. Sightings, a delivered warning or evaluation move it on.
    /// A crash leaves it as it is: the next evaluation of the same scan adds no sighting.
    /// Can transition to: flagged, warned, due, cleared.
    case flagged
    /// A warning for it by name was delivered. The outbox moves it here; evaluation moves it on once the grace is over.
    /// A crash leaves it as it is; a warning delivered again only moves the deadline, and one that came back
    /// takes it away again.
    /// Can transition to: warned, due, cleared, flagged.
    case warned
    /// Its grace is over: it may be planned. Evaluation moves it here, and so does a plan that ended without success.
    /// Planning moves it on. A crash leaves it as it is. Can transition to: planned, cleared, flagged.
    case due
    /// A plan for it is open. Planning moves it here and keeps it here when one plan replaces another. Approvers, time,
    /// the reaper or a changed verdict move it on. A crash leaves it with its plan.
    /// Can transition to: planned, reaping, due, held, cleared, flagged.
    case planned
    /// Its plan is running. The reaper moves it here before the first destructive call, and on when the plan ended.
    /// A crash leaves it here, and the next reaper takes the plan up. No verdict moves it meanwhile.
    /// Can transition to: reaped, due.
    case reaping
    /// Every component is confirmed gone twice. The reaper moves it here. Final: the name's next life gets its own.
    case reaped
    /// Its plan was rejected. An approver moves it here; evaluation moves it on when the hold is over. A crash leaves
    /// it as it is. Can transition to: due, cleared, flagged.
    case held
    /// It is kept, leased, protected or not a feature any more. Evaluation moves it here; only a new flag moves it on,
    /// and counting starts anew. A crash leaves it as it is. Can transition to: flagged.
    case cleared

    package var next: Set<FindingState> {
        switch self {
        case .flagged: [.flagged, .warned, .due, .cleared]
        case .warned: [.warned, .due, .cleared, .flagged]
        case .due: [.planned, .cleared, .flagged]
        case .planned: [.planned, .reaping, .due, .held, .cleared, .flagged]
        case .reaping: [.reaped, .due]
        case .reaped: []
        case .held: [.due, .cleared, .flagged]
        case .cleared: [.flagged]
        }
    }

    /// Something is still to come of it.
    package var isOpen: Bool { self != .reaped && self != .cleared }
}
