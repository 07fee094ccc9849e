package import Foundation

package enum Verdict: String, Sendable, Codable, CaseIterable {
    case permanent
    case protected
    case leased
    case keep
    case stale
    case undecided
    case ambiguous
}

/// What the policies say about one environment at one moment, and why.
package struct Judgement: Sendable, Hashable, Codable {
    package let verdict: Verdict
    /// One line for people, without the environment's name.
    package let reason: String
    /// The policy that decided; nil when none applies.
    package let policy: String?
    /// What a plan could rest on; nil unless stale.
    package let verdictClass: VerdictClass?
    /// Every clause, in order of precedence, with what it saw.
    ///
    /// Its parts' `decided` marks the one that counted.
    package let trace: Trace
    /// The first moment at which the outcome changes while nothing happens; nil when it never does.
    package let changesAt: Date?
    /// What it changes to then.
    package let changesTo: Verdict?
    /// What would change the outcome, for people.
    package let hint: String
    /// Things that somebody should put right, such as a TTL tag that cannot be read.
    package let reports: [String]

    /// A fact that says which policy applies is not known.
    package var isPolicyOpen: Bool {
        trace.parts.contains { $0.clause == PrecedenceSteps.Step.policy.rawValue && $0.truth == .unknown }
    }
}

/// One clause with what it saw and what it decided.
package struct Trace: Sendable, Hashable, Codable {
    /// As the policy writes it: `idle: 7d`; for the steps of precedence their name: `protected`.
    package let clause: String
    package let truth: Truth
    /// Moments, not ages: it reads the same as long as nothing happens, so an unchanged verdict is not written anew.
    package let saw: String
    /// The moment from which the clause counts, for showing its age.
    package let since: Date?
    /// When the clause becomes something else while nothing happens.
    package let changesAt: Date?
    /// What would change it; nil where only time or nothing does.
    package let change: String?
    /// Unknown in a way that means keep (R4): an unreadable TTL tag, an unknown creation.
    package let meansKeep: Bool
    /// True for the one step that decided the verdict.
    package internal(set) var decided: Bool
    package let parts: [Trace]

    init(
        _ clause: String,
        _ truth: Truth,
        saw: String,
        since: Date? = nil,
        changesAt: Date? = nil,
        change: String? = nil,
        meansKeep: Bool = false,
        parts: [Trace] = []
    ) {
        self.clause = clause
        self.truth = truth
        self.saw = saw
        self.since = since
        self.changesAt = changesAt
        self.change = change
        self.meansKeep = meansKeep
        decided = false
        self.parts = parts
    }

    /// This node and all below it, depth first.
    package var flattened: [Trace] { [self] + parts.flatMap(\.flattened) }

    /// True when nothing but R4's kinds of not knowing stands between the facts and an answer.
    var isUnknownOnlyAsKeep: Bool {
        let unknown = flattened.filter { $0.parts.isEmpty && $0.truth == .unknown }
        return truth == .unknown && !unknown.isEmpty && unknown.allSatisfy(\.meansKeep)
    }
}
