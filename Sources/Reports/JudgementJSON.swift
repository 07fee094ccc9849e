package import Core
package import Foundation

/// A judgement with its whole trace, as `curfew explain --json` writes it.
package struct JudgementJSON: Encodable, Sendable {
    package var space: String
    package var name: String
    package var incarnation: Int
    /// The moment it was judged for.
    package var at: Date
    package var policyRevision: Int64

    package var verdict: String
    @OrNull package var verdictClass: String?
    package var reason: String
    @OrNull package var policy: String?
    /// Where it stands, of several files; null where there is one.
    @OrNull package var policyFile: String?
    /// When, and to which verdict, it changes while nothing happens.
    @OrNull package var changesAt: Date?
    @OrNull package var changesTo: String?
    /// What would change it, in words.
    package var hint: String
    /// Things that somebody should put right.
    package var reports: [String]
    package var trace: Clause

    /// One clause with its parts, which are clauses again.
    ///
    /// `truth` is `true`, `false`, `unknown` or `not applicable`.
    package struct Clause: Encodable, Sendable {
        package var clause: String
        package var truth: String
        package var saw: String
        @OrNull package var changesAt: Date?
        @OrNull package var change: String?
        package var meansKeep: Bool
        /// True for the one clause that decided.
        package var decided: Bool
        package var parts: [Clause]

        init(_ trace: Trace) {
            clause = trace.clause
            truth = trace.truth.rawValue
            saw = trace.saw
            changesAt = trace.changesAt
            change = trace.change
            meansKeep = trace.meansKeep
            decided = trace.decided
            parts = trace.parts.map(Clause.init)
        }
    }

    package init(_ judgement: Judgement, of key: EnvironmentKey, revision: Int64, file: String? = nil, at moment: Date)
    {
        space = key.space.text
        name = key.name.text
        incarnation = key.incarnation
        at = moment
        policyRevision = revision
        verdict = judgement.verdict.rawValue
        verdictClass = judgement.verdictClass?.rawValue
        reason = judgement.reason
        policy = judgement.policy
        policyFile = file
        changesAt = judgement.changesAt
        changesTo = judgement.changesTo?.rawValue
        hint = judgement.hint
        reports = judgement.reports
        trace = Clause(judgement.trace)
    }
}
