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
            Span("\(steps.count { $0.state == .gone }) of \(Canvas.counted(steps.count, "stack")) gone", .dim)
        )
        if plan.isSelfApproved {
            let people = plan.approvals.filter(\.selfApproved).map(\.by).joined(separator: ", ")
            page.line(Span("self-approved by \(people)", .warning), indent: 4)
        }
        if let because = plan.endedBecause, !because.isEmpty {
            page.line(Span(because, plan.state == .done ? nil : .bad), indent: 4)
        }
        for step in steps {
            let place = page.canvas.place(step.step.target)
            switch step.state {
            case .requested, .intended:
                let since = step.requestedAt ?? step.intendedAt
                page.line(
                    Span(
                        "still being deleted: \(step.step.name) in \(place)\(since.map { ", asked \(page.canvas.time($0))" } ?? "")",
                        .warning
                    ),
                    indent: 4
                )
            case .failed, .skipped:
                page.line(
                    Span(
                        "\(step.state.rawValue): \(step.step.name) in \(place): \(step.reason ?? "no reason recorded")",
                        .bad
                    ),
                    indent: 4
                )
            case .pending, .gone, .done, .obstructed, .unneeded: break
            }
        }
    }

    private static func summary(_ plans: [PlanRecord], _ page: inout Page) {
        page.blank()
        let steps = plans.flatMap(\.allSteps)
        let reaped = plans.filter { $0.state == .done }.reduce(0) { $0 + $1.document.environments.count }
        page.line(
            "\(Canvas.counted(reaped, "environment")) reaped; "
                + "\(Canvas.counted(steps.count { $0.state == .gone }, "stack")) gone in these plans, "
                + "\(steps.count { $0.state == .requested || $0.state == .intended }) still being deleted, "
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
