import Core
import Foundation

extension PlanText {
    /// What is done, in which order, and how far it has come.
    static func steps(_ plan: PlanRecord, _ page: inout Page) {
        let canvas = page.canvas
        let started = plan.allSteps.contains { $0.state != .pending }
        page.blank()
        var columns: [Table.Column] = [
            .init("step", .right, shrinks: false), .init("does", shrinks: false), .init("to"), .init("where"),
            .init("after", shrinks: false),
            .init("with the power of"),
        ]
        if started { columns.insert(.init("state", shrinks: false), at: 1) }
        var table = Table(columns)
        for record in plan.allSteps {
            let step = record.step
            var row: [Span] = [
                "\(step.number)", step.action.span, Span(step.action.object(of: step.name), .bold),
                Span(canvas.place(step.target)),
                Span(step.after.isEmpty ? "" : step.after.sorted().map(String.init).joined(separator: ", ")),
                plan.power(over: step),
            ]
            if started { row.insert(record.state.span, at: 1) }
            table.add(row)
        }
        page.table(table, indent: 2)
        if plan.allSteps.contains(where: { $0.step.action.isConditional }) {
            page.line(
                Span("Emptying and deleting again are done only where a stack's own deletion has failed on it.", .dim),
                indent: 2
            )
        }
        page.line(Span("by id:", .dim), indent: 2)
        for record in plan.allSteps where record.step.action == .deleteStack {
            page.line(Span("\(record.step.number)  \(record.step.component)", .dim), indent: 4)
        }
        for record in plan.allSteps {
            if let reason = record.reason, !reason.isEmpty {
                let isBad = record.state == .failed || record.state == .skipped
                page.line(Span("step \(record.step.number): \(reason)", isBad ? .bad : .dim), indent: 2)
            }
        }
    }
}

extension PlanRecord {
    /// The stack's service role, or ours with how far it reaches (P18).
    fileprivate func power(over step: PlanStep) -> Span {
        if let role = step.serviceRole { return Span(role) }
        let power = forecast.of(step.environment)?.powers.first { $0.component == step.component }
        guard let power else { return "Curfew" }
        return power.isBounded
            ? Span("Curfew, bounded to these stacks", .good) : Span("Curfew, not bounded", .warning)
    }
}

extension StepAction {
    /// What goes beyond deleting a stack stands out.
    var span: Span { Span(kind.rawValue, kind == .deleteStack ? nil : .warning) }

    /// What it is done to: the stack, or something in or beside it.
    func object(of stack: String) -> String {
        retained.isEmpty ? subject ?? stack : "\(stack) without \(retained.joined(separator: ", "))"
    }
}

extension StepState {
    var span: Span {
        switch self {
        case .pending, .unneeded: Span(rawValue, .dim)
        case .intended, .requested, .obstructed: Span(rawValue, .warning)
        case .gone, .done: Span(rawValue, .good)
        case .failed, .skipped: Span(rawValue, .bad)
        }
    }
}
