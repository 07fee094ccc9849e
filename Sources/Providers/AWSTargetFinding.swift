package import AWS
package import Core

/// AWS Organizations and Account Management, as Core wants to read them.
package struct AWSTargetFinding: TargetFinding {
    /// How an account is asked before any region of it is known.
    package struct Entrance: Sendable {
        let client: AWSClient
        /// A region that every account of the partition has.
        let region: String

        package init(client: AWSClient, region: String) {
            self.client = client
            self.region = region
        }
    }

    private let organization: Entrance?
    private let accounts: [AccountID: Entrance]

    /// `organization`: whose credentials list the others; nil where there is none.
    package init(organization: Entrance?, accounts: [AccountID: Entrance]) {
        self.organization = organization
        self.accounts = accounts
    }

    package func organizationAccounts() async throws(ProviderFailure) -> [ListedAccount] {
        guard let organization else {
            throw ProviderFailure(
                .configuration,
                "no organization is configured",
                advice: "say `organization: { role: NAME }` in the settings file"
            )
        }
        do throws(AWSError) {
            return try await Organizations(organization.client, region: organization.region).accounts().map {
                ListedAccount(
                    id: AccountID($0.id),
                    name: $0.name,
                    state: $0.state,
                    partition: $0.partition,
                    units: $0.units
                )
            }
        } catch {
            throw error.ofOrganization
        }
    }

    package func identity(of account: AccountID) async throws(ProviderFailure) -> AccountID {
        let entrance = try entrance(to: account)
        do throws(AWSError) {
            let tokens = SecurityTokens(entrance.client, region: entrance.region)
            return AccountID(try await tokens.callerIdentity().account)
        } catch {
            throw ProviderFailure(error)
        }
    }

    package func enabledRegions(of account: AccountID) async throws(ProviderFailure) -> [Region] {
        let entrance = try entrance(to: account)
        do throws(AWSError) {
            return try await AccountRegions(entrance.client, region: entrance.region).enabled().map { Region($0) }
        } catch {
            throw ProviderFailure(error)
        }
    }

    private func entrance(to account: AccountID) throws(ProviderFailure) -> Entrance {
        guard let entrance = accounts[account] else {
            throw ProviderFailure(
                .configuration,
                "account \(account) is neither in the settings file nor of the organization",
                advice: "add it under `accounts:`"
            )
        }
        return entrance
    }
}

extension AWSError {
    /// Who may not list is most often the wrong account, and not the wrong role.
    fileprivate var ofOrganization: ProviderFailure {
        let failure = ProviderFailure(self)
        guard isAccessDenied || code == "AWSOrganizationsNotInUseException" else { return failure }
        return ProviderFailure(
            failure.kind,
            failure.summary,
            advice: "only the management account and delegated administrators may list accounts, with the right "
                + "organizations:ListAccounts: see `organization.account` and `organization.profile`",
            code: failure.code
        )
    }
}
