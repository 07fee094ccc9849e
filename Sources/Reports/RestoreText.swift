package import Core

/// What a restore would do, or did, as people read it.
///
/// Parameters are named, never shown (P17).
package enum RestoreText {
    /// `applied`: it was carried out, and this is how far it came.
    package static func text(_ draft: RestoreDraft, applied: Bool, on canvas: Canvas) -> String {
        var page = Page(canvas)
        let plans = draft.plans.map(\.description).joined(separator: ", ")
        page.line(
            Span(canvas.label(draft.key), .bold),
            Span(", taken down by \(plans)", .dim)
        )
        for (number, stack) in draft.stacks.enumerated() { write(stack, number: number + 1, &page) }
        write(draft.losses, &page)
        if !draft.cautions.isEmpty {
            page.heading("To know before")
            for caution in unique(draft.cautions) { page.line(Span(caution), indent: 2) }
        }
        page.blank()
        page.line(closing(draft, applied: applied))
        return page.text
    }

    private static func write(_ stack: RestoreStack, number: Int, _ page: inout Page) {
        page.blank()
        page.line(
            Span("\(number). "),
            Span(stack.name, .bold),
            Span("  \(page.canvas.place(stack.target))  "),
            Span(stack.state.rawValue, role(stack.state))
        )
        if let reason = stack.reason { page.line(Span(reason, role(stack.state)), indent: 3) }
        for blocker in stack.blockers { page.line(Span("! \(blocker)", .bad), indent: 3) }
        let kept = "\(Canvas.counted(stack.resourceCount, "resource")), kept \(page.canvas.time(stack.storedAt))"
        page.line(Span(kept, .dim), indent: 3)
        if !stack.after.isEmpty { page.line(Span("after \(stack.after.joined(separator: ", "))"), indent: 3) }
        if !stack.parameters.isEmpty {
            let words = stack.parameters.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value.rawValue))" }
            page.line(Span("parameters: \(words.joined(separator: ", "))"), indent: 3)
        }
        if !stack.capabilities.isEmpty {
            page.line(Span("capabilities: \(stack.capabilities.joined(separator: ", "))"), indent: 3)
        }
        if let role = stack.serviceRole { page.line(Span("with the power of \(role)"), indent: 3) }
        let more = [
            stack.hasStackPolicy ? "its stack policy" : nil,
            stack.terminationProtection ? "termination protection" : nil,
        ].compactMap(\.self)
        if !more.isEmpty { page.line(Span("with \(more.joined(separator: " and "))"), indent: 3) }
        if let made = stack.made { page.line(Span("is now \(made)", .dim), indent: 3) }
    }

    private static func write(_ losses: [RestoreLoss], _ page: inout Page) {
        let words: [(RestoreLoss.Kind, String)] = [
            (.data, "Comes back empty"), (.snapshot, "Has a snapshot, which is restored by hand"),
            (.kept, "Stayed, and is not taken over"), (.logGroup, "Log groups that stayed"),
        ]
        for (kind, title) in words {
            let some = losses.filter { $0.kind == kind }.sorted {
                ($0.stack, $0.type, $0.name) < ($1.stack, $1.type, $1.name)
            }
            guard !some.isEmpty else { continue }
            page.heading(title, count: some.count)
            for loss in some {
                page.line(Span(loss.name), Span("  \(loss.type)", .dim), Span("  \(loss.stack)", .dim), indent: 2)
            }
        }
    }

    private static func closing(_ draft: RestoreDraft, applied: Bool) -> Span {
        let name = draft.key.name
        if draft.isBlocked {
            return Span("Nothing \(applied ? "was" : "would be") made: what is marked with ! stands in the way.", .bad)
        }
        if draft.isComplete {
            return Span("Every stack is there. The next scan begins a new life of \(name): curfew scan", .good)
        }
        guard applied else {
            return Span("This was a look; nothing was made. To do it: curfew restore \(name) --apply")
        }
        if draft.stacks.contains(where: { $0.state == .failed }) {
            return Span("It stopped at the first failure. When that is mended: curfew restore \(name) --apply", .bad)
        }
        return Span("It is not finished; what is there stays. To go on: curfew restore \(name) --apply", .warning)
    }

    private static func role(_ state: RestoreStack.State) -> Style.Role {
        switch state {
        case .ready, .stands: .bold
        case .made: .good
        case .making, .waiting: .warning
        case .blocked, .failed: .bad
        }
    }

    private static func unique(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
    }
}
