import ArgumentParser
import Core
import Ledger
import Operations
import Settings

extension AccountRecord.Mode: ExpressibleByArgument {}

extension Session {
    func account(_ text: String) -> AccountID {
        found.settings.accounts.first { $0.id.text == text || $0.name == text }?.id ?? AccountID(text)
    }

    func target(_ text: String) throws(Problem) -> Target {
        let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
            throw Problem(
                .usage,
                "\"\(text)\" is no target",
                advice: "write account/region, such as 111122223333/eu-west-1"
            )
        }
        return Target(account: account(parts[0]), region: Region(parts[1]))
    }
}
