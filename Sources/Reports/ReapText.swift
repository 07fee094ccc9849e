package import Core
import Foundation

/// What became of the plans that a reap looked at.
package enum ReapText {
    /// Every plan with what it left, then the lists.
    ///
    /// `waiting` plans were not started or not gone on with and stay as they are; of the `stopped` ones the environments had
    /// moved; for the `troubled` ones the provider did not answer, and the next run takes them up.
    package static func text(
        _ plans: [PlanRecord],
        waiting: [(plan: PlanID, because: String)] = [],
        stopped: [(plan: PlanID, because: String)] = [],
        troubled: [(plan: PlanID, because: String)] = [],
        on canvas: Canvas
    ) -> String {
        var page = Page(canvas)
        if plans.isEmpty && waiting.isEmpty && stopped.isEmpty && troubled.isEmpty {
            page.line("Nothing is approved: curfew plan list shows what waits for a yes.")
            return page.text
        }
        for plan in plans { write(plan, &page) }
        for (title, list, role) in [
            ("Waiting", waiting, Style.Role.warning), ("Stopped, because something had moved", stopped, .bad),
            ("Not finished; the next run looks again", troubled, .bad),
        ] where !list.isEmpty {
            page.heading(title, count: list.count)
            for (plan, because) in list { page.line(Span("\(plan)", .bold), Span(": \(because)", role), indent: 2) }
        }
        summary(plans, &page)
        return page.text
    }

    private static func write(_ plan: PlanRecord, _ page: inout Page) {
        let steps = plan.allSteps
        page.line(
            Span("\(plan.id)", .bold),
            Span("  "),
            plan.stateSpan,
            Span("  \(plan.document.environments.map(\.key.name.text).joined(separator: ", "))  "),
            Span("\(plan.stacksGone) of \(Canvas.counted(plan.stacks, "stack")) gone", .dim)
        )
        if plan.isSelfApproved {
            let people = plan.approvals.filter(\.selfApproved).map(\.by).joined(separator: ", ")
            page.line(Span("self-approved by \(people)", .warning), indent: 4)
        }
        // The step that it ended for says the same, and what was to be done.
        let isTold = steps.contains { [.failed, .skipped].contains($0.state) && $0.reason == plan.endedBecause }
        if let because = plan.endedBecause, !because.isEmpty, !isTold {
            page.line(Span(because, plan.state == .done ? nil : .bad), indent: 4)
        }
        for step in steps { write(step, &page) }
    }

    private static func write(_ record: StepRecord, _ page: inout Page) {
        let step = record.step
        let place = "\(step.action.object(of: step.name)) in \(page.canvas.place(step.target))"
        // Deleting a stack is what everybody expects; anything else is called by its name.
        let what = step.action.deletesComponent ? place : "\(step.action.kind.rawValue) \(place)"
        switch record.state {
        case .requested, .intended:
            let since = (record.requestedAt ?? record.intendedAt).map { ", asked \(page.canvas.time($0))" } ?? ""
            let word = step.action.deletesComponent ? "still being deleted" : "under way"
            page.line(Span("\(word): \(what)\(since)", .warning), indent: 4)
        case .failed, .skipped:
            let reason = record.reason ?? "no reason recorded"
            page.line(Span("\(record.state.rawValue): \(what): \(reason)", .bad), indent: 4)
        case .pending where record.reason?.isEmpty == false:
            page.line(Span("goes on: \(what): \(record.reason ?? "")", .warning), indent: 4)
        case .pending, .gone, .done, .obstructed, .unneeded: break
        }
    }

    private static func summary(_ plans: [PlanRecord], _ page: inout Page) {
        page.blank()
        let steps = plans.flatMap(\.allSteps)
        let reaped = plans.filter { $0.state == .done }.reduce(0) { $0 + $1.document.environments.count }
        page.line(
            "\(Canvas.counted(reaped, "environment")) reaped; "
                + "\(Canvas.counted(plans.reduce(0) { $0 + $1.stacksGone }, "stack")) gone in these plans, "
                + "\(steps.count { $0.isUnderWay && $0.step.action.deletesComponent }) still being deleted, "
                + "\(steps.count { $0.state == .failed || $0.state == .skipped }) failed or skipped."
        )
        let moved = plans.filter { $0.state == .superseded }
        if !moved.isEmpty {
            let environments = moved.reduce(0) { $0 + $1.document.environments.count }
            page.line("\(Canvas.counted(environments, "environment")) left alone, because something had moved.")
        }
        if plans.contains(where: { $0.state == .running }) {
            page.line("Next: curfew reap takes up what is still being deleted.")
        }
        if plans.contains(where: { [.failed, .halted, .superseded].contains($0.state) }) {
            page.line("Next: curfew plan --due makes a new plan for what is left; it needs a new approval.")
        }
    }
}

extension Page {
    fileprivate mutating func line(_ text: String) { line(Span(text)) }
}

extension PlanRecord {
    /// Stacks that it deletes, however many steps that takes.
    var stacks: Int { Set(allSteps.map(\.step.component)).count }

    var stacksGone: Int {
        Set(allSteps.filter { $0.state == .gone && $0.step.action.deletesComponent }.map(\.step.component)).count
    }
}
