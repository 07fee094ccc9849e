package import Core
package import Foundation

/// One account with its targets, as `curfew accounts --json` writes it.
package struct AccountJSON: Encodable, Sendable {
    package var account: String
    /// As configured; null without one.
    @OrNull package var name: String?
    /// `report` or `reap`, and who set it, when and why (null: it never left the default).
    package var mode: String
    @OrNull package var because: String?
    @OrNull package var by: String?
    @OrNull package var at: Date?
    /// Since when nothing in it is planned or begun, and why; null when it is not held.
    @OrNull package var heldSince: Date?
    @OrNull package var heldBecause: String?
    /// `settings`, `organization`, or `records`: neither knows it any more.
    package var from: String
    /// With whose credentials it is read; null where it is not.
    @OrNull package var access: String?
    /// Those that are read; where `finds_regions` is true they were found, and are not written down.
    package var regions: [String]
    package var findsRegions: Bool
    /// Why its regions could not be read the last time, and what to do.
    @OrNull package var regionsFailure: String?
    @OrNull package var regionsAdvice: String?
    /// What the organization says of it, such as `ACTIVE`; null where it says nothing.
    @OrNull package var state: String?
    /// Why it is not read at all; null where it is.
    @OrNull package var notRead: String?
    /// Since when all its targets are known completely; null where one never was.
    @OrNull package var completeAt: Date?
    package var targets: [TargetJSON]

    package struct TargetJSON: Encodable, Sendable {
        package var region: String
        /// `active`, `suspect` or `retired`.
        package var state: String
        @OrNull package var because: String?
        /// The next reading may differ as much as it likes.
        package var accepted: Bool
        @OrNull package var lastCompleteAt: Date?
        @OrNull package var lastFailure: String?
        /// As `curfew coverage` says it: `complete`, `old`, `failed`, `suspect`, `never`, `unconfigured`, `retired`.
        package var coverage: String
        /// What to do about it.
        @OrNull package var advice: String?
    }

    package init(_ overview: AccountOverview) {
        let record = overview.record
        account = record.account.text
        name = overview.name
        from = overview.origin.rawValue
        access = overview.access
        regions = overview.regions.map(\.text)
        findsRegions = overview.findsRegions
        regionsFailure = overview.regionsTrouble?.why
        regionsAdvice = overview.regionsTrouble?.advice
        state = overview.state
        notRead = overview.passedOver?.description
        completeAt = overview.completeAt
        mode = record.mode.rawValue
        because = record.because
        by = record.by
        at = record.at
        heldSince = record.hold?.since
        heldBecause = record.hold?.because
        targets = overview.targets.sorted { $0.target < $1.target }.map { target in
            let state = target.record.state
            return TargetJSON(
                region: target.target.region.text,
                state: state.state.rawValue,
                because: state.because,
                accepted: state.accepted,
                lastCompleteAt: state.lastCompleteAt,
                lastFailure: state.lastFailure,
                coverage: target.coverage.rawValue,
                advice: target.advice
            )
        }
    }
}

/// One applied policy, as `curfew policy history --json` writes it.
package struct PolicyRevisionJSON: Encodable, Sendable {
    package var revision: Int64
    /// SHA-256 in 64 hexadecimal digits: of the text, or of the names and texts of several.
    package var hash: String
    package var appliedAt: Date
    package var appliedBy: String
    package var inForce: Bool
    /// Null where it consists of several.
    @OrNull package var text: String?
    package var files: [PolicyFileJSON]

    package struct PolicyFileJSON: Encodable, Sendable {
        /// Null where it was applied before names were kept.
        @OrNull package var name: String?
        package var text: String
    }

    package init(_ revision: PolicyRevision, inForce: Bool) {
        self.revision = revision.number
        hash = revision.hash.description
        appliedAt = revision.appliedAt
        appliedBy = revision.appliedBy
        self.inForce = inForce
        text = revision.source.files.count == 1 ? revision.source.files.first?.text : nil
        files = revision.source.files.map { PolicyFileJSON(name: $0.name, text: $0.text) }
    }

    /// All revisions; the one with the highest number is in force.
    package static func all(_ revisions: [PolicyRevision]) -> [PolicyRevisionJSON] {
        let newest = revisions.map(\.number).max()
        return revisions.map { PolicyRevisionJSON($0, inForce: $0.number == newest) }
    }
}

/// One entry of the audit log, as `curfew history --json` writes it.
package struct HistoryJSON: Encodable, Sendable {
    package var id: Int64
    package var at: Date
    package var actor: String
    package var event: String
    /// The environment and plan it is about, where it is about one.
    @OrNull package var space: String?
    @OrNull package var name: String?
    @OrNull package var incarnation: Int?
    @OrNull package var plan: String?
    /// As recorded; members that could hold a secret are withheld.
    package var details: StoredJSON

    package init(_ entry: AuditEntry) {
        id = entry.id
        at = entry.at
        actor = entry.actor
        event = entry.event
        space = entry.environment?.space.text
        name = entry.environment?.name.text
        incarnation = entry.environment?.incarnation
        plan = entry.plan?.description
        details = StoredJSON(entry.details)
    }
}

/// What the naming rules make of one name, as `curfew names test --json` writes it.
package struct NamesJSON: Encodable, Sendable {
    package var name: String
    /// `feature`, `permanent`, `ambiguous`, `unmatched`, `excluded`.
    package var verdict: String
    /// The environment of a feature; null for all others.
    @OrNull package var environment: String?
    /// The permanent word, the rule that excludes it, or why nothing matches.
    @OrNull package var because: String?
    /// Every environment that any evidence names, sorted.
    package var named: [String]
    package var trace: [Evidence]
    @OrNull package var remedy: String?

    package struct Evidence: Encodable, Sendable {
        package var source: String
        package var value: String
        package var rule: String
        /// `permanent`, `names`, `mentions`, `no evidence`, `unexplained`.
        package var outcome: String
        @OrNull package var named: String?
        package var sentence: String
    }

    package init(_ name: String, _ evaluation: NameEvaluation) {
        self.name = name
        verdict = evaluation.verdict.word
        environment = evaluation.verdict.environment?.text
        because = evaluation.verdict.because
        named = evaluation.named.sorted().map(\.text)
        trace = evaluation.trace.map {
            Evidence(
                source: $0.source.description,
                value: $0.value,
                rule: $0.rule,
                outcome: $0.outcome.word,
                named: $0.named?.text,
                sentence: $0.sentence
            )
        }
        remedy = evaluation.remedy
    }
}

extension NameVerdict {
    var word: String {
        switch self {
        case .feature: "feature"
        case .permanent: "permanent"
        case .ambiguous: "ambiguous"
        case .unmatched: "unmatched"
        case .excluded: "excluded"
        }
    }

    var environment: EnvironmentName? {
        if case .feature(let name) = self { name } else { nil }
    }

    var because: String? {
        switch self {
        case .feature: nil
        case .permanent(let word, let source): "“\(word)” in \(source) is a permanent name"
        case .ambiguous(let names): "the evidence names \(names.map(\.text).joined(separator: " and "))"
        case .unmatched(let reason): reason
        case .excluded(let rule): "the rule \(rule) leaves it out"
        }
    }
}

extension NameEvidence.Outcome {
    var word: String {
        switch self {
        case .permanent: "permanent"
        case .names: "names"
        case .mentions: "mentions"
        case .noEvidence: "no evidence"
        case .unexplained: "unexplained"
        }
    }
}
