package import Core
import Foundation

/// Plans as the dry run prints them: everything that an approver says yes to, in words.
package enum PlanText {
    /// Every plan in full.
    ///
    /// `context` is what the inventory and the policies say about the environments in them; `deferred` are environments
    /// that are due but not planned now, and why.
    package static func text(
        _ plans: [PlanRecord],
        deferred: [(key: EnvironmentKey, because: String)] = [],
        context: PlanContext = PlanContext(),
        on canvas: Canvas
    ) -> String {
        var page = Page(canvas)
        if plans.isEmpty { page.line("Nothing to plan.") }
        for (index, plan) in plans.enumerated() {
            if index > 0 { page.blank() }
            write(plan, context, &page)
        }
        if !deferred.isEmpty {
            page.heading("Not planned now", count: deferred.count)
            for (key, because) in deferred.sorted(by: { $0.key < $1.key }) {
                page.line(Span(canvas.label(key), .bold), Span(": \(because)"), indent: 2)
            }
        }
        if !plans.isEmpty {
            page.blank()
            // A plan that is shown later may have run; then saying that nothing was deleted would be a lie.
            let untouched = plans.allSatisfy { $0.allSteps.allSatisfy { $0.state == .pending } }
            page.line(Span((untouched ? "This is the dry run: nothing was deleted. " : "") + coverageNote, .dim))
        }
        next(plans, &page)
        return page.text
    }

    /// Plans in a table, one line each: `curfew plan list`.
    package static func list(_ plans: [PlanRecord], on canvas: Canvas) -> String {
        var page = Page(canvas)
        guard !plans.isEmpty else {
            page.line("No plans.")
            return page.text
        }
        var table = Table([
            .init("plan", shrinks: false), .init("run", shrinks: false), .init("state", shrinks: false),
            .init("environments"),
            .init("stacks", .right, shrinks: false), .init("gone", .right, shrinks: false),
            .init("made", shrinks: false),
            .init("by"), .init("digest", shrinks: false),
        ])
        for plan in plans {
            table.add(
                Span("\(plan.id)", .bold),
                Span(plan.run?.description ?? ""),
                plan.stateSpan,
                Span(plan.document.environments.map(\.key.name.text).joined(separator: ", ")),
                "\(plan.stacks)",
                "\(plan.stacksGone)",
                Span(canvas.moment.age(since: plan.madeAt)),
                Span(plan.madeBy),
                Span(plan.digest.short, .dim)
            )
        }
        page.table(table)
        return page.text
    }

    private static func write(_ plan: PlanRecord, _ context: PlanContext, _ page: inout Page) {
        let canvas = page.canvas
        page.line(
            Span("Plan \(plan.id)", .bold),
            Span("  "),
            plan.stateSpan,
            Span("  digest \(plan.digest.short)", .dim)
        )
        page.line(
            Span("\(plan.run.map { "run \($0), " } ?? "")made \(canvas.time(plan.madeAt)) by \(plan.madeBy)", .dim),
            indent: 2
        )
        for planned in plan.document.environments { write(planned, plan, context, &page) }
        losses(plan, &page)
        if !plan.document.exceptions.isEmpty {
            page.blank()
            page.line(Span("Beyond deleting stacks, and approved with them, the plan", .bad), indent: 2)
            for exception in plan.document.exceptions { page.line(Span("! \(exception)", .bad), indent: 4) }
        }
        if !plan.blockers.isEmpty {
            page.blank()
            page.line(Span("Blocked by:", .bad), indent: 2)
            for blocker in plan.blockers.sorted() {
                page.line(Span(blocker.kind.rawValue, .bold), Span(": \(blocker.text)"), indent: 4)
            }
        }
        steps(plan, &page)
        approval(plan, context, &page)
    }

    /// For a plan without a forecast, such as one that was made before there were any.
    private static func losses(_ plan: PlanRecord, _ page: inout Page) {
        guard plan.forecast.environments.isEmpty else { return }
        page.blank()
        guard !plan.document.losses.isEmpty else {
            page.line("No data-bearing resources are known in it.", indent: 2)
            return
        }
        page.line(Span("Lost for good, with what is in it:", .bad), indent: 2)
        for loss in plan.document.losses.sorted(by: { ($0.type, $0.name) < ($1.type, $1.name) }) {
            page.line(Span("\(loss.name)", .bold), Span("  \(loss.type)"), indent: 4)
        }
    }

    private static func write(
        _ planned: PlannedEnvironment,
        _ plan: PlanRecord,
        _ context: PlanContext,
        _ page: inout Page
    ) {
        let known = context.environments[planned.key]
        page.blank()
        page.line(
            Span(page.canvas.label(planned.key), .bold),
            Span("  "),
            planned.verdictClass.span,
            Span("  owner "),
            known?.ownerWord ?? Span("not looked up", .dim),
            indent: 2
        )
        if planned.verdictClass == .named, let known, !known.isStale {
            let verdict = known.verdict.map { "\($0.verdict): \($0.reason)" } ?? "not evaluated yet"
            page.line(Span("It is not stale; it is planned because somebody named it. (\(verdict))", .bad), indent: 4)
        } else if let reason = known?.verdict?.reason {
            page.line(Span("because \(reason)"), indent: 4)
        }
        let policy = known?.verdict?.policy.map { "policy \($0), " } ?? ""
        page.line(Span("\(policy)revision \(plan.revision)"), indent: 4)
        if context.isWithoutWarning(planned.key) == true, planned.verdictClass != .released {
            page.line(Span("warn: none - its owner got no warning before this plan", .warning), indent: 4)
        }
        if known?.storedFinding?.isUnowned ?? false {
            page.line(
                Span("no owner was known when its grace ran: the fallback address was warned", .warning),
                indent: 4
            )
        }
        if planned.verdictClass == .partlyReaped { page.line(Span("Some of it is deleted already.", .bad), indent: 4) }
        if let forecast = plan.forecast.of(planned.key) {
            PlanForecastText.write(forecast, stacks: planned.components.count, &page)
        }
    }

    private static func approval(_ plan: PlanRecord, _ context: PlanContext, _ page: inout Page) {
        let canvas = page.canvas
        page.line(Span("Approval: ", .bold), Span(plan.terms.words), indent: 2)
        for approval in plan.approvals {
            let own = approval.selfApproved ? ", self-approved" : ""
            page.line(
                Span(
                    "\(approval.decision) by \(approval.by) \(canvas.time(approval.at))\(own)\(approval.because.map { ": \($0)" } ?? "")",
                    approval.selfApproved ? .warning : nil
                ),
                indent: 4
            )
        }
        for replaced in context.replaced[plan.id] ?? [] {
            page.line(
                Span(
                    "replaces \(replaced.plan), which \(replaced.by.joined(separator: ", ")) had approved: "
                        + "that counts no more; see curfew plan diff \(replaced.plan) \(plan.id)",
                    .warning
                ),
                indent: 4
            )
        }
        if plan.state == .approved, let expires = plan.expiresAt {
            page.line(Span("expires \(canvas.time(expires))"), indent: 4)
        }
        if let ended = plan.endedAt {
            page.line(
                Span("\(plan.state.rawValue) \(canvas.time(ended))\(plan.endedBecause.map { ": \($0)" } ?? "")"),
                indent: 2
            )
        }
    }

    private static func next(_ plans: [PlanRecord], _ page: inout Page) {
        let waiting = plans.filter { $0.state == .awaitingApproval }
        let approved = plans.filter { $0.state == .approved || $0.state == .running }
        let blocked = plans.filter { $0.state == .draft }
        if let first = waiting.first {
            let runs = Set(waiting.map(\.run))
            let whole =
                waiting.count > 1 && runs.count == 1
                ? first.run.map { " (or all of them: curfew approve \($0))" } ?? "" : ""
            page.line("Next: curfew approve \(first.id)\(whole), or curfew reject \(first.id) --because TEXT")
        }
        if !approved.isEmpty {
            page.line("Next: curfew reap carries out \(approved.map(\.id.description).joined(separator: ", "))")
        }
        if !blocked.isEmpty {
            page.line(
                "Next: remove what blocks \(blocked.map(\.id.description).joined(separator: ", ")), then plan again"
            )
        }
    }
}

extension ApprovalTerms {
    /// `needs 1 of owner, group:platform; the one who asks does not count; a yes stands for 3d`.
    package var words: String {
        if automatic { return "automatic by policy: no person is asked" }
        let asker =
            requesterCounts
            ? "the one who asks may approve alone, which is recorded as self-approved"
            : "the one who asks does not count"
        return
            "needs \(required) of \(by.joined(separator: ", ")); \(asker); a yes stands for \(DurationText.format(.seconds(expiresSeconds)))"
    }
}

extension VerdictClass {
    var span: Span {
        switch self {
        case .stale, .released: Span(rawValue)
        case .partlyReaped: Span(rawValue, .bad)
        case .named: Span(rawValue, .warning)
        }
    }
}
