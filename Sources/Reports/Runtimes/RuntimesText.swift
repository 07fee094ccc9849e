package import Core
import Foundation

/// Lambda's runtimes in use beside AWS's dates, what is furthest on its way out first.
package enum RuntimesText {
    package static func text(_ inventory: RuntimeInventory, on canvas: Canvas) -> String {
        var page = Page(canvas)
        if inventory.lines.isEmpty {
            page.line("No function with a runtime in any stack of these environments.")
        } else {
            page.table(table(inventory))
        }
        rest(inventory, &page)
        return page.text
    }

    private static func table(_ inventory: RuntimeInventory) -> Table {
        var table = Table([
            .init("runtime", shrinks: false), .init("state", shrinks: false), .init("deprecated", shrinks: false),
            .init("no creation", shrinks: false, expendable: 2), .init("no update", shrinks: false, expendable: 3),
            .init("functions", .right, shrinks: false), .init("environments", maximum: 48, minimum: 16),
            .init("owners", maximum: 40, minimum: 12, expendable: 1),
        ])
        for line in inventory.lines {
            let entry = line.standing.entry
            table.add(
                Span(line.name, .bold),
                Span(line.standing.state.rawValue, line.standing.state.role),
                Span(entry?.deprecation?.description ?? "unknown"),
                Span(entry?.createBlock?.description ?? "unknown"),
                Span(entry?.updateBlock?.description ?? "unknown"),
                Span("\(line.functions)"),
                Span(line.environmentNames),
                Span(line.ownerNames)
            )
        }
        return table
    }

    /// What has no line in the table, and as of when it is true.
    private static func rest(_ inventory: RuntimeInventory, _ page: inout Page) {
        let reasons = Set(
            inventory.lines.compactMap { line in line.standing.because.map { "\(line.name): \($0)" } }
        )
        if !reasons.isEmpty { page.heading("Unknown", count: reasons.count) }
        for reason in reasons.sorted() { page.line(Span(reason, .warning), indent: 2) }
        if !inventory.unread.isEmpty { page.heading("Not read", count: inventory.unread.count) }
        for unread in inventory.unread {
            page.line(
                Span(page.canvas.label(unread.key), .bold),
                Span(": \(unread.because)", .bad),
                indent: 2
            )
        }
        page.blank()
        var notes: [String] = []
        if inventory.images > 0 {
            notes.append("\(Canvas.counted(inventory.images, "function")) made from images, which have no runtime.")
        }
        if inventory.absent > 0 {
            notes.append("\(Canvas.counted(inventory.absent, "function")) of stacks that AWS does not list any more.")
        }
        notes.append(note(inventory.asOf))
        page.line(Span(notes.joined(separator: " "), .dim))
    }

    static func note(_ asOf: CalendarDay?) -> String {
        "AWS's dates as of \(asOf?.description ?? "no day"); AWS moves them. A blocked function still runs."
    }

    /// A line for each function.
    package static func functions(_ functions: [FunctionRecord], table: RuntimeTable, on canvas: Canvas) -> String {
        var page = Page(canvas)
        guard !functions.isEmpty else {
            page.line("No function in any stack of these environments.")
            return page.text
        }
        var lines = Table([
            .init("environment", shrinks: false), .init("function", minimum: 20), .init("runtime", shrinks: false),
            .init("state", shrinks: false), .init("stack", minimum: 12, expendable: 2),
            .init("where", maximum: 44, minimum: 16, expendable: 1),
        ])
        for function in functions {
            let standing = function.standing(in: table, now: canvas.now)
            lines.add(
                Span(function.environment.name.text, .bold),
                Span(function.name ?? function.logicalID),
                Span(function.runtimeWord),
                Span(standing?.state.rawValue ?? "", standing?.state.role),
                Span(function.stack),
                Span(canvas.place(function.target))
            )
        }
        page.table(lines)
        page.blank()
        page.line(Span(note(table.asOf), .dim))
        return page.text
    }

    /// A line for each runtime and environment, so that nothing has to be taken apart.
    package static func csv(_ inventory: RuntimeInventory) -> String {
        let header = [
            "runtime", "state", "deprecated_on", "creation_blocked_on", "update_blocked_on", "space", "environment",
            "incarnation", "owner", "functions", "because",
        ]
        let lines = inventory.lines.flatMap { line in
            let entry = line.standing.entry
            let dates = [entry?.deprecation, entry?.createBlock, entry?.updateBlock].map { $0?.description ?? "" }
            return line.environments.map { place in
                [line.runtime ?? "", line.standing.state.rawValue] + dates + key(place.key)
                    + [place.owner ?? "", "\(place.functions)", line.standing.because ?? ""]
            }
        }
        let unread = inventory.unread.map { unread in
            ["", "not read", "", "", ""] + key(unread.key) + ["", "\(unread.functions)", unread.because]
        }
        return CSV.text([header] + lines + unread)
    }

    package static func functionsCSV(_ functions: [FunctionRecord], table: RuntimeTable, on canvas: Canvas) -> String {
        let header = [
            "space", "environment", "incarnation", "account", "region", "stack", "logical_id", "function", "package",
            "runtime", "state", "deprecated_on",
        ]
        let lines = functions.map { function in
            let standing = function.standing(in: table, now: canvas.now)
            return key(function.environment) + [
                function.target.account.text, function.target.region.text, function.stack, function.logicalID,
                function.name ?? "", function.kind.rawValue, function.runtime ?? "", standing?.state.rawValue ?? "",
                standing?.entry?.deprecation?.description ?? "",
            ]
        }
        return CSV.text([header] + lines)
    }

    private static func key(_ key: EnvironmentKey) -> [String] {
        [key.space.text, key.name.text, "\(key.incarnation)"]
    }
}

extension FunctionRecord {
    /// Nil for what has no runtime, or none that is known.
    func standing(in table: RuntimeTable, now: Date) -> RuntimeStanding? {
        kind == .zip ? table.standing(of: runtime, now: now) : nil
    }

    var runtimeWord: String {
        switch kind {
        case .zip: runtime ?? "unnamed"
        case .image: "image"
        case .absent: "not in AWS"
        case .unread: "not read"
        }
    }
}

extension RuntimeInventory.Line {
    var name: String { runtime ?? "unnamed" }

    /// `feat-a, feat-b and 3 more`.
    var environmentNames: String { Self.some(environments.map(\.key.name.text), of: environments.count) }

    var ownerNames: String {
        let owners = owners.map { $0 ?? "nobody" }
        return Self.some(owners, of: owners.count)
    }

    private static func some(_ names: [String], of count: Int) -> String {
        guard count > 3 else { return names.joined(separator: ", ") }
        return "\(names.prefix(2).joined(separator: ", ")) and \(count - 2) more"
    }
}

extension RuntimeState {
    var role: Style.Role {
        switch self {
        case .updateBlocked, .creationBlocked: .bad
        case .deprecated, .ending, .unknown: .warning
        case .supported: .good
        }
    }
}
