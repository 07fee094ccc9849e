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

/// A reason is asked for whenever somebody changes what happens to an environment or account.
struct ReasonOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Why; it is recorded and shown.", valueName: "text"))
    var because: String

    func validate() throws {
        if because.allSatisfy(\.isWhitespace) { throw ValidationError("--because needs a reason in words") }
    }
}
