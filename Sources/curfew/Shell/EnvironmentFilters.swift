import ArgumentParser
import Core
import Foundation
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

    /// Those that fit.
    func selection(in session: Session) -> EnvironmentSelection {
        var selection = EnvironmentSelection()
        selection.owner = owner.map { OwnerName($0).text }
        selection.standing = state
        selection.name = name.map { NameGlob($0) }
        selection.accounts = account.map { word in
            let named = session.found.settings.accountNames.filter { $0.value == word }.keys
            return Set(named).union([AccountID(word)])
        }
        selection.oldestBy = olderThan.map { session.wiring.clock().later(by: .zero - $0) }
        selection.isUnowned = unowned
        selection.isAmbiguous = ambiguous
        return selection
    }

    /// How an environment may stand: each verdict, and each state of a finding.
    static let standings = Verdict.allCases.map(\.rawValue) + FindingState.allCases.map(\.rawValue)
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
