package import Foundation

/// How one target is known: its state, its newest reading and its newest complete one.
package struct CoverageRecord: Sendable {
    package var state: TargetState
    /// Of whatever outcome; nil where it was never tried.
    package var newest: ReadingSummary?
    package var complete: ReadingSummary?
    /// How many environments that did not end have, or had, components in it: each of them waits for its readings (R1).
    package var environments: Int

    package init(state: TargetState, newest: ReadingSummary?, complete: ReadingSummary?, environments: Int) {
        self.state = state
        self.newest = newest
        self.complete = complete
        self.environments = environments
    }
}

/// Whether what is known of a target can be built on.
package enum Coverage: String, Sendable, CaseIterable {
    /// Its newest reading was complete, not long ago.
    case complete
    /// Its newest reading was complete, longer ago than ``longest``: something keeps scans from happening.
    case old
    /// Its newest reading failed, or was not begun in time.
    case failed
    /// Its newest reading was not believable (R3).
    case suspect
    /// The settings name it, and it was never read.
    case never
    /// It was read once, and the settings do not name it any more: nothing in it ends or becomes due by itself (R8).
    case unconfigured
    /// Somebody said that it is not read any more; nothing waits for it.
    case retired

    /// A night can be missed, two cannot.
    package static let longest = Duration.seconds(48 * 3_600)

    /// Something waits for a reading of it.
    package var isMissing: Bool { self != .complete && self != .retired }

    package init(_ record: CoverageRecord, configured: Bool, now: Date) {
        guard record.state.state != .retired else {
            self = .retired
            return
        }
        guard configured else {
            self = .unconfigured
            return
        }
        guard let newest = record.newest else {
            self = .never
            return
        }
        guard newest.outcome == "complete" else {
            self = newest.outcome == "suspect" ? .suspect : .failed
            return
        }
        // Taken up again after it was retired: what was read before that counts no more.
        guard record.state.state != .suspect else {
            self = .suspect
            return
        }
        self = now.passed(since: newest.at) > Self.longest ? .old : .complete
    }
}
