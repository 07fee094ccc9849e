package import Core
import Foundation

/// One environment with everything known about it.
package enum ShowText {
    /// Everything at once.
    ///
    /// `components` are all of this life, gone ones too; `plans` those that concern it, newest first; `history` is newest
    /// first, and the caller decides how much of it. `owners`: all that speaks of its owner; nil leaves that out.
    package static func text(
        _ environment: EnvironmentRecord,
        components: [ComponentRecord],
        owners: OwnerFinding? = nil,
        plans: [PlanRecord] = [],
        history: [AuditEntry] = [],
        on canvas: Canvas
    ) -> String {
        var page = Page(canvas)
        page.line(Span(environment.key.name.text, .bold), Span("  "), environment.standing)
        facts(environment, &page)
        verdict(environment, &page)
        holds(environment, &page)
        list(components, &page)
        if let owners { OwnersText.list(owners, &page) }
        coverage(environment, &page)
        if !plans.isEmpty {
            page.heading("Plans")
            for plan in plans {
                page.line(
                    Span("\(plan.id)", .bold),
                    Span("  \(plan.stateWord), made \(canvas.time(plan.madeAt)) by \(plan.madeBy)"),
                    indent: 2
                )
            }
        }
        if !history.isEmpty {
            page.heading("History")
            page.table(HistoryText.table(history, of: environment.key, on: canvas), indent: 2)
        }
        page.blank()
        page.line(Span(coverageNote, .dim))
        next(environment, &page)
        return page.text
    }

    private static func facts(_ environment: EnvironmentRecord, _ page: inout Page) {
        let canvas = page.canvas
        page.field(
            "space",
            canvas.space(environment.key.space)
                + (environment.key.incarnation > 1 ? ", life \(environment.key.incarnation) of this name" : "")
        )
        page.field("class", environment.kind.rawValue)
        if environment.ownerConflict {
            page.field("owner", Span("several: \(environment.ownerDetail)", .warning))
        } else if let owner = environment.owner {
            let detail = environment.ownerDetail.isEmpty ? environment.ownerSource : environment.ownerDetail
            page.field("owner", "\(owner) (\(detail))")
        } else {
            let detail = environment.ownerDetail.isEmpty ? "" : " (\(environment.ownerDetail))"
            page.field("owner", Span("nobody\(detail)", .warning))
        }
        page.field("created", "\(canvas.time(environment.oldest)), the oldest stack")
        page.field("changed", canvas.time(environment.changed, none: "unknown"))
        if let claimed = environment.claimedAt { page.field("claimed", canvas.time(claimed)) }
        if let registration = environment.registration { registered(registration, &page) }
        for signal in environment.signals { page.field(signal.kind.rawValue, signal.text(on: canvas)) }
        BranchLines.add(environment.branches, &page)
        CostText.add(environment.cost, &page)
        page.field(
            "idle",
            environment.active.map {
                "\(canvas.moment.span(since: $0)) since the latest change, use, claim or extension"
            }
                ?? "unknown"
        )
        page.field("first seen", canvas.time(environment.beganAt))
        if let ended = environment.endedAt { page.field("ended", canvas.time(ended)) }
    }

    private static func registered(_ registration: Registration, _ page: inout Page) {
        let canvas = page.canvas
        let end = registration.expiresAt.map { ", wanted until \(canvas.time($0))" } ?? ""
        page.field(
            "registered",
            "\(canvas.time(registration.at)) by \(registration.by) for \(registration.owner)\(end)"
        )
        if let branch = registration.branch { page.field("branch", branch) }
        if let repository = registration.repository { page.field("repository", repository) }
        if let commit = registration.commit { page.field("commit", commit) }
    }

    private static func verdict(_ environment: EnvironmentRecord, _ page: inout Page) {
        let canvas = page.canvas
        guard let verdict = environment.verdict else {
            page.field("verdict", Span("none yet: curfew evaluate", .warning))
            return
        }
        page.field(
            "verdict",
            "\(verdict.verdict)\(verdict.verdictClass.map { $0.rawValue == verdict.verdict ? "" : " (\($0.rawValue))" } ?? ""), since \(canvas.time(verdict.since))"
        )
        page.field("because", verdict.reason)
        page.field("policy", "\(verdict.policy.map { "\($0), " } ?? "none applies, ")revision \(verdict.revision)")
        if let at = verdict.changesAt {
            let to = environment.storedJudgement?.changesTo?.rawValue
            page.field("changes", "\(canvas.time(at))\(to.map { ", to \($0)" } ?? "")")
        }
        guard let state = environment.findingState else { return }
        page.field(
            "finding",
            [
                state, environment.flaggedAt.map { "flagged \(canvas.time($0))" },
                environment.warnedAt.map { "owner warned \(canvas.time($0))" },
                environment.dueAt.map { "due \(canvas.time($0))" },
            ].compactMap(\.self).joined(separator: ", ")
        )
        if let held = environment.storedFinding?.waits { page.field("waits", held) }
        if let until = environment.storedFinding?.heldUntil {
            page.field("held", "rejected; until \(canvas.time(until))")
        }
    }

    private static func holds(_ environment: EnvironmentRecord, _ page: inout Page) {
        let canvas = page.canvas
        for (word, hold) in [("protected", environment.protection), ("leased", environment.lease)] {
            guard let hold else { continue }
            page.field(word, "until \(canvas.time(hold.until)) by \(hold.by): \(hold.because)")
        }
        if environment.leaseCount > 0 {
            page.field("extended", environment.leaseCount == 1 ? "once" : "\(environment.leaseCount) times")
        }
        if let at = environment.releasedAt {
            page.field("released", "\(canvas.time(at))\(environment.releasedBy.map { " by \($0)" } ?? "")")
        }
        if let partly = environment.partlyReaped {
            page.field(
                "half gone",
                Span("\(partly.plan) ended \(canvas.time(partly.at)) with some of it deleted", .bad)
            )
        }
    }

    private static func list(_ components: [ComponentRecord], _ page: inout Page) {
        let canvas = page.canvas
        let present = components.filter { $0.gone == nil }
        let gone = components.count - present.count
        page.heading("Stacks", count: present.count)
        var table = Table([
            .init("name", shrinks: false), .init("where", minimum: 16), .init("status"),
            .init("age", .right, shrinks: false),
            .init("changed", shrinks: false, expendable: 3), .init("resources", .right, shrinks: false, expendable: 2),
            .init("tool", expendable: 1), .init("deleted with the power of"),
        ])
        for component in present {
            table.add(
                Span(component.name, .bold),
                Span(canvas.place(component.target)),
                Span(component.status.text),
                Span(component.created.map(canvas.moment.span) ?? "unknown"),
                Span(component.changed.map { canvas.moment.age(since: $0) } ?? "unknown"),
                "\(component.resourceCount)",
                Span(component.tool),
                Span(component.serviceRole ?? "Curfew")
            )
        }
        page.table(table, indent: 2)
        if gone > 0 { page.line(Span("and \(gone) more that \(gone == 1 ? "is" : "are") gone", .dim), indent: 2) }
    }

    private static func coverage(_ environment: EnvironmentRecord, _ page: inout Page) {
        let canvas = page.canvas
        page.heading("Read")
        for target in environment.targets.sorted(by: { $0.target < $1.target }) {
            var spans = [Span("\(canvas.place(target.target)): ")]
            spans.append(target.at.map { Span("completely \(canvas.time($0))") } ?? Span("never completely", .bad))
            if let failure = target.failure {
                spans.append(Span("; the newest reading was not complete: \(failure)", .bad))
            }
            if target.suspect { spans.append(Span("; suspect, nothing is concluded from it", .bad)) }
            page.line(spans, indent: 2)
        }
    }

    private static func next(_ environment: EnvironmentRecord, _ page: inout Page) {
        let name = environment.key.name
        guard environment.endedAt == nil else { return }
        if environment.ownerConflict || environment.owner == nil { page.line("Is it yours? curfew claim \(name)") }
        if environment.isStale {
            page.line("Still needed? curfew extend \(name) 7d --because TEXT   No longer? curfew release \(name)")
        }
        page.line("Every clause: curfew explain \(name)")
    }
}

extension Page {
    /// A word in a column of its own, and what there is to say about it.
    mutating func field(_ word: String, _ value: Span) {
        line(
            Span(word + String(repeating: " ", count: max(0, 10 - word.count)), .dim),
            Span("  "),
            value,
            indent: 2,
            hanging: 12
        )
    }

    mutating func field(_ word: String, _ value: String) { field(word, Span(value)) }
}
