import ArgumentParser

/// Options of every command.
struct CommonOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The settings file.", valueName: "file"))
    var settings: String?

    @Option(
        name: .long,
        parsing: .singleValue,
        help: ArgumentHelp(
            "One setting, stronger than environment and file; may be repeated.",
            discussion: "Such as night.within=1h. See the README for what can be set.",
            valueName: "key=value"
        )
    )
    var set: [String] = []
}

/// Options of every command that gives data.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Give JSON, in a stable and documented shape.")
    var json = false
}

/// A part of a long list.
struct PageOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only so many.", valueName: "number")) var limit: Int?
    @Option(help: ArgumentHelp("The first so many left out.", valueName: "number")) var offset = 0

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit is 1 or more") }
        if offset < 0 { throw ValidationError("--offset is 0 or more") }
    }

    /// This part of what was not cut yet.
    func part<Element>(of all: [Element]) -> [Element] {
        let rest = all.dropFirst(offset)
        return Array(limit.map { rest.prefix($0) } ?? rest)
    }

    /// How to go on, where the part may not be the last one.
    func next(after shown: Int) -> String? {
        guard let limit, shown == limit else { return nil }
        return "these are \(shown); for more: --limit \(limit) --offset \(offset + limit)"
    }
}

/// A reason is asked for whenever somebody changes what happens to an environment or account.
struct ReasonOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Why; it is recorded and shown.", valueName: "text"))
    var because: String

    func validate() throws {
        if because.allSatisfy(\.isWhitespace) { throw ValidationError("--because needs a reason in words") }
    }
}
