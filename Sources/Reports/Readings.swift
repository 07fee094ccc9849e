import Core
import Foundation

/// What reports read out of the stored records.
extension EnvironmentRecord {
    /// The latest activity: a successful change, a use, a claim, a lease.
    ///
    /// Nil where no change is known, because a claim alone does not say when it was last deployed.
    var active: Date? {
        let used = signals.first { $0.kind == .invoked }?.seen?.at
        return changed.map { [$0, used, claimedAt, lease?.at].compactMap(\.self).max() ?? $0 }
    }

    /// The stored finding; nil where there is none or it is not of a shape we know.
    var storedFinding: Finding? {
        finding.flatMap { try? JSONDecoder().decode(Finding.self, from: Data($0)) }
    }

    /// The stored judgement; nil where there is none or it is not of a shape we know.
    var storedJudgement: Judgement? {
        verdict.flatMap { try? JSONDecoder().decode(Judgement.self, from: Data($0.trace)) }
    }

    var heldBack: String? { storedFinding?.heldBack }

    /// When the newest warning that counts for its open finding was delivered.
    var warnedAt: Date? { openFinding == nil ? nil : storedFinding?.newestWarning }

    var openFinding: FindingState? {
        findingState.flatMap(FindingState.init(rawValue:)).flatMap { $0.isOpen ? $0 : nil }
    }

    var isStale: Bool { verdict?.verdict == Verdict.stale.rawValue }

    /// The finding's state while one is open, else the verdict; how it stands in one word or two.
    var standing: Span {
        if endedAt != nil { return Span("ended", .dim) }
        if partlyReaped != nil, openFinding != .reaping { return Span("partly reaped", .bad) }
        if let state = openFinding, verdict?.verdict == Verdict.stale.rawValue || state == .reaping {
            return Span("stale, \(state.rawValue)", state == .flagged || state == .warned ? .warning : .bad)
        }
        guard let verdict else { return Span("not evaluated", .dim) }
        switch Verdict(rawValue: verdict.verdict) {
        case .stale: return Span(verdict.verdict, .warning)
        case .undecided, .ambiguous: return Span(verdict.verdict, .warning)
        case .keep, .leased, .protected: return Span(verdict.verdict, .good)
        case .permanent, nil: return Span(verdict.verdict, .dim)
        }
    }

    var ownerWord: Span {
        if ownerConflict { return Span("several", .warning) }
        return owner.map { Span($0) } ?? Span("nobody", .warning)
    }

    var accounts: [AccountID] { Set(targets.map(\.target.account)).sorted() }
}

extension Collection<TargetCoverage> {
    /// `sandbox/eu-central-1`, `sandbox/eu-central-1 and 2 more`.
    func places(_ canvas: Canvas) -> String {
        let sorted = map(\.target).sorted()
        guard let first = sorted.first else { return "nowhere" }
        return canvas.place(first) + (sorted.count > 1 ? " and \(sorted.count - 1) more" : "")
    }
}

extension Canvas {
    /// `1 plan`, `3 plans`.
    package static func counted(_ number: Int, _ one: String, _ many: String? = nil) -> String {
        "\(number) \(number == 1 ? one : many ?? one + "s")"
    }
}

/// Said by `show`, every plan and every report until other providers exist.
let coverageNote = "Covers CloudFormation only: what was made in other ways is neither seen nor deleted."
