import ArgumentParser
import Core
import Operations
import Settings

/// Which environments a list is about; they have to fit everything that is said.
struct EnvironmentFilters: ParsableArguments {
    @Option(help: ArgumentHelp("Only this owner's.", valueName: "who")) var owner: String?
    @Option(
        help: ArgumentHelp("Only this verdict or state, such as stale or due.", valueName: "word"),
        transform: parsedStanding
    )
    var state: String?
    @Option(help: ArgumentHelp("Only names that match, with * and ?.", valueName: "glob")) var name: String?
    @Option(help: ArgumentHelp("Only in this account (id or configured name).", valueName: "id")) var account: String?
    @Option(help: ArgumentHelp("Only older ones: 14d, 2w.", valueName: "length"), transform: parsedDuration)
    var olderThan: Duration?
    @Flag(help: "Only environments that nobody owns.") var unowned = false
    @Flag(help: "Only what the naming rules disagree about.") var ambiguous = false

    /// Those that fit, in their order.
    func applied(to records: [EnvironmentRecord], in session: Session) -> [EnvironmentRecord] {
        let now = session.wiring.clock()
        let names = session.found.settings.accountNames
        return records.filter { record in
            if let owner, record.owner != OwnerName(owner).text { return false }
            if let state, record.findingState != state, record.verdict?.verdict != state { return false }
            if let name, !NameGlob(name).matches(record.key.name.text) { return false }
            if let account, !record.targets.contains(where: { stands($0.target.account, account, names) }) {
                return false
            }
            if let olderThan, now.passed(since: record.oldest) < olderThan { return false }
            if unowned, record.owner != nil { return false }
            return !ambiguous || record.kind == .ambiguous
        }
    }

    /// How an environment may stand: each verdict, and each state of a finding.
    static let standings = Verdict.allCases.map(\.rawValue) + FindingState.allCases.map(\.rawValue)

    private func stands(_ account: AccountID, _ word: String, _ names: [AccountID: String]) -> Bool {
        account.text == word || names[account] == word
    }
}

/// A mistyped word would fit nothing, and nothing would look like good news.
private func parsedStanding(_ text: String) throws -> String {
    let word = text.lowercased()
    guard EnvironmentFilters.standings.contains(word) else {
        throw ValidationError(
            "\"\(text)\" is no verdict and no state; there are \(EnvironmentFilters.standings.joined(separator: ", "))"
        )
    }
    return word
}
