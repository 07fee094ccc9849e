import Core
import Testing

@Suite struct AccountGuardTests {
    @Test(arguments: [
        ("acme-prod", "prod"), ("acme_PRODUCTION", "production"), ("prd", "prd"), ("Live Shop", "live"),
        ("prod-eu", "prod"),
        ("non-prod-prod", "prod"), ("prod-non", "prod"),
    ])
    func `P9 a production word in an alias or name is an alarm`(text: String, word: String) {
        #expect(AccountGuard.alarm(in: text) == word)
    }

    @Test(arguments: ["acme-sandbox", "non-prod", "NonProd", "non_production", "product-lab", "alive", "deliver", ""])
    func `P9 other words are none`(text: String) {
        #expect(AccountGuard.alarm(in: text) == nil)
    }
}

@Suite struct PermissionTests {
    /// Rows: act; columns: reader, owner, operator, approver, requester, anybody toward what nobody owns, holder, scanner,
    /// reaper, registrar.
    @Test(arguments: [
        (Act.read, "yyyyyyyyyy"), (.extend, "nyynnnnnnn"), (.claim, "nyynnynnnn"), (.release, "nyynnnnnnn"),
        (.protect, "nyynnnnnnn"),
        (.protectLong, "nnynnnnnnn"), (.unprotect, "nnynnnynnn"), (.plan, "nnynnnnynn"), (.approve, "nnnynnnnnn"),
        (.reject, "nnnynnnnnn"),
        (.withdraw, "nnynynnnnn"), (.reap, "nnynnnnnyn"), (.restore, "nnynnnnnnn"), (.applyPolicy, "nnynnnnnnn"),
        (.setAccountMode, "nnynnnnnnn"),
        (.pause, "nnynnnnnnn"), (.register, "nnynnnnnny"),
    ])
    func `who may do what`(act: Act, row: String) {
        let standings = [
            Standing(isOperator: false), Standing(isOperator: false, isOwner: true), Standing(isOperator: true),
            Standing(isOperator: false, isApprover: true), Standing(isOperator: false, isRequester: true),
            Standing(isOperator: false, isUnowned: true), Standing(isOperator: false, isHolder: true),
            Standing(isOperator: false, isScanner: true), Standing(isOperator: false, isReaper: true),
            Standing(isOperator: false, isRegistrar: true),
        ]
        let actual = standings.map { Permission.allows(act, $0) ? "y" : "n" }.joined()
        #expect(actual == row)
    }

    @Test func `the table has every act`() { #expect(Act.allCases.count == 17) }
}
