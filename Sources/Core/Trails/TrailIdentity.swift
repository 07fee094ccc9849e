/// Who made a call, as the provider's own history of calls says it (CloudTrail's `userIdentity`).
package struct TrailIdentity: Sendable, Hashable, Codable {
    /// The provider's own word, such as `IAMUser`, `AssumedRole` or `WebIdentityUser`.
    package var kind: String
    /// Of an IAM user; what a web identity's own provider calls its user.
    package var userName: String?
    package var roleName: String?
    /// Chosen by whoever assumed the role, unless IAM Identity Center did.
    package var sessionName: String?
    /// Set when a role was assumed, and the same in every session that follows from it.
    package var sourceIdentity: String?
    /// Who vouched for a web identity, such as `token.actions.githubusercontent.com`.
    package var federatedProvider: String?
    /// The service that made the call in somebody's name.
    package var invokedBy: String?

    package init(
        kind: String,
        userName: String? = nil,
        roleName: String? = nil,
        sessionName: String? = nil,
        sourceIdentity: String? = nil,
        federatedProvider: String? = nil,
        invokedBy: String? = nil
    ) {
        self.kind = kind
        self.userName = userName
        self.roleName = roleName
        self.sessionName = sessionName
        self.sourceIdentity = sourceIdentity
        self.federatedProvider = federatedProvider
        self.invokedBy = invokedBy
    }
}

/// What an identity comes to: somebody who may own what was made, or nobody in particular.
package enum TrailCaller: Sendable, Hashable {
    /// `basis`: how far the name is proven, for people.
    case person(OwnerName, basis: String)
    /// Why no owner follows from it.
    case nobody(String)

    package var isPerson: Bool { if case .person = self { true } else { false } }
}

extension TrailIdentity {
    /// Who that is, for owners' sake.
    ///
    /// `machines`: further globs over role, session and user names that are nobody's.
    package func caller(machines: [String] = []) -> TrailCaller {
        let known = MachineNames(adding: machines)
        if let invokedBy, !invokedBy.isEmpty { return .nobody("made by \(invokedBy)") }
        switch kind {
        case "IAMUser": return named(userName, known, "IAM user", basis: "IAM user")
        case "AssumedRole", "Role": return ofRole(known)
        case "FederatedUser":
            return named(
                sessionName ?? userName,
                known,
                "federated user",
                basis: "federated user, named by whoever vouched for it"
            )
        case "SAMLUser", "IdentityCenterUser", "Directory": return named(userName, known, kind, basis: kind)
        case "WebIdentityUser": return .nobody("web identity \(userName ?? "without a name")\(vouched)")
        case "Root": return .nobody("the account's root user, which is nobody in particular")
        case "AWSService": return .nobody("an AWS service")
        case "AWSAccount": return .nobody("another account")
        default: return .nobody("an identity of type \(kind.isEmpty ? "unknown" : kind)")
        }
    }

    private var vouched: String { federatedProvider.map { " of \($0)" } ?? "" }

    private func ofRole(_ known: MachineNames) -> TrailCaller {
        let role = roleName ?? "unknown"
        if let roleName, let glob = known.rule(ofRole: roleName) {
            return .nobody("role \(roleName), a pipeline's or a program's (\(glob))")
        }
        if let federatedProvider, let host = MachineNames.pipelineHost(federatedProvider) {
            return .nobody("role \(role), assumed by a workload of \(host)")
        }
        // What every trust policy can ask for, and nobody on the way can change.
        if let sourceIdentity, !sourceIdentity.isEmpty {
            return named(sourceIdentity, known, "source identity", basis: "source identity in role \(role)")
        }
        guard let sessionName, !sessionName.isEmpty else { return .nobody("role \(role) without a session name") }
        // IAM Identity Center gives the session its user's name.
        if role.hasPrefix("AWSReservedSSO_") {
            return named(sessionName, known, "user", basis: "IAM Identity Center, role \(role)")
        }
        // CDK's command line assumes its roles as `aws-cdk-` and the name of the login on its machine.
        let prefix = "aws-cdk-"
        if sessionName.lowercased().hasPrefix(prefix) {
            let login = String(sessionName.dropFirst(prefix.count))
            if MachineNames.isSharedLogin(login) {
                return .nobody("role \(role), session \(sessionName): a login that many machines have")
            }
            return named(
                login,
                known,
                "login",
                basis: "CDK session \(sessionName) of role \(role), a claim and no proof"
            )
        }
        return named(
            sessionName,
            known,
            "role \(role), session",
            basis: "session name in role \(role), chosen by whoever assumed it: a claim and no proof"
        )
    }

    /// `what`: what the name is, such as `IAM user`.
    private func named(_ name: String?, _ known: MachineNames, _ what: String, basis: String) -> TrailCaller {
        guard let name, !name.isEmpty else { return .nobody("\(what) without a name") }
        if let rule = known.rule(ofName: name) {
            return .nobody("\(what) \(name), a pipeline's or a program's (\(rule))")
        }
        let owners = OwnerName.owners(in: name)
        guard owners.count == 1, let owner = owners.first else { return .nobody("\(what) \(name), which names nobody") }
        return .person(owner, basis: basis)
    }
}
