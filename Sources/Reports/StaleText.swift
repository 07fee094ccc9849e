package import Core
import Foundation

/// What is flagged, warned, due, planned or held: why, since when, what holds each back, what to do next.
package enum StaleText {
    /// `plans`: the open ones; `environments`: any, those that are not stale are left out.
    package static func text(_ environments: [EnvironmentRecord], plans: [PlanRecord] = [], on canvas: Canvas) -> String
    {
        var page = Page(canvas)
        let stale = environments.filter {
            $0.endedAt == nil && ($0.openFinding != nil || $0.isStale || $0.partlyReaped != nil)
        }
        guard !stale.isEmpty else {
            let known = environments.count { $0.endedAt == nil && $0.kind == .feature }
            page.line("Nothing is stale among \(Canvas.counted(known, "environment")).")
            return page.text
        }
        var openPlans: [EnvironmentKey: PlanRecord] = [:]
        for plan in plans where plan.state.isOpen {
            for planned in plan.document.environments { openPlans[planned.key] = plan }
        }
        for (state, title) in groups {
            let members = stale.filter { $0.staleGroup == state }.sorted { $0.staleSince < $1.staleSince }
            guard !members.isEmpty else { continue }
            page.heading(title, count: members.count)
            for environment in members { entry(environment, openPlans[environment.key], &page) }
        }
        next(stale, openPlans, &page)
        return page.text
    }

    private static let groups: [(StaleGroup, String)] = [
        (.partlyReaped, "Partly reaped: some of it is deleted, the rest needs a new plan"),
        (.reaping, "Being taken down"),
        (.planned, "Planned"), (.due, "Due: may be planned"), (.warned, "Warned: its owner was told, its time runs"),
        (.flagged, "Flagged: not due yet"),
        (.held, "Held: a plan was rejected"), (.frozen, "Stale when last known, not decided now"),
    ]

    private static func entry(_ environment: EnvironmentRecord, _ plan: PlanRecord?, _ page: inout Page) {
        let canvas = page.canvas
        page.line(
            Span(environment.key.name.text, .bold),
            Span("  \(canvas.space(environment.key.space))  "),
            environment.ownerWord,
            Span("  \(Canvas.counted(environment.componentCount, "stack"))", .dim),
            indent: 2
        )
        if let reason = environment.storedFinding?.reason ?? environment.verdict?.reason {
            page.line(Span(reason), indent: 6)
        }
        var dates: [String] = []
        if let at = environment.flaggedAt { dates.append("flagged \(canvas.time(at))") }
        if let at = environment.warnedAt { dates.append("owner warned \(canvas.time(at))") }
        if let at = environment.dueAt { dates.append("due \(canvas.time(at))") }
        if let until = environment.storedFinding?.heldUntil { dates.append("held until \(canvas.time(until))") }
        if !dates.isEmpty { page.line(Span(dates.joined(separator: "; "), .dim), indent: 6) }
        if environment.storedFinding?.isUnowned ?? false {
            page.line(Span("no owner was known: it has the longer grace (warn.unowned)", .dim), indent: 6)
        }
        if let held = environment.storedFinding?.waits { page.line(Span("waits: \(held)", .warning), indent: 6) }
        if environment.staleGroup == .frozen, let verdict = environment.verdict {
            page.line(Span("\(verdict.verdict): \(verdict.reason)", .warning), indent: 6)
        }
        guard let plan else { return }
        page.line(Span("plan \(plan.id) is \(plan.stateWord)", plan.state == .draft ? .bad : nil), indent: 6)
        for blocker in plan.blockers.sorted() {
            page.line(Span("\(blocker.kind.rawValue): \(blocker.text)", .bad), indent: 8)
        }
    }

    private static func next(_ stale: [EnvironmentRecord], _ plans: [EnvironmentKey: PlanRecord], _ page: inout Page) {
        page.blank()
        let due = stale.contains { [.due, .partlyReaped].contains($0.staleGroup) && plans[$0.key] == nil }
        let states = Set(plans.values.map(\.state))
        if due { page.line("Next: curfew plan --due writes plans and shows what each would do.") }
        if states.contains(.awaitingApproval) { page.line("Next: curfew plan list, then curfew approve PLAN.") }
        if states.contains(.approved) || states.contains(.running) {
            page.line("Next: curfew reap carries out what is approved.")
        }
        page.line(
            "Still needed? curfew extend NAME 7d --because TEXT, or curfew protect NAME --until DATE --because TEXT."
        )
    }
}

/// Under which heading a stale environment stands.
enum StaleGroup: Hashable {
    case partlyReaped
    case reaping
    case planned
    case due
    case warned
    case flagged
    case held
    case frozen
}

extension EnvironmentRecord {
    var staleGroup: StaleGroup {
        if openFinding == .reaping { return .reaping }
        if partlyReaped != nil, openFinding != .planned { return .partlyReaped }
        switch openFinding {
        case .planned: return .planned
        case .held: return .held
        case .due: return isStale ? .due : .frozen
        case .warned: return isStale ? .warned : .frozen
        case .flagged: return isStale ? .flagged : .frozen
        case .reaping, .reaped, .cleared, nil: return .flagged
        }
    }

    /// The longest overdue first.
    var staleSince: Date { dueAt ?? flaggedAt ?? verdict?.since ?? beganAt }
}

extension PlanRecord {
    /// It is a draft because something stands in its way.
    var isBlocked: Bool { state == .draft && !blockers.isEmpty }

    /// `blocked` for a draft, else its state.
    var stateWord: String { isBlocked ? "blocked" : state.rawValue }

    var stateSpan: Span {
        switch state {
        case .draft, .failed, .halted: Span(stateWord, .bad)
        case .awaitingApproval, .running: Span(stateWord, .warning)
        case .approved, .done: Span(stateWord, .good)
        case .rejected, .withdrawn, .expired, .superseded: Span(stateWord, .dim)
        }
    }
}
