import AWS
import Core
import Curl
import Foundation
import Mail
import Settings

/// How SES is reached.
struct SESAccess: Sendable {
    /// The process's environment, for the ambient credentials and endpoints.
    var variables: [String: String]
    /// One endpoint for everything, as emulators have; nil: AWS's own, or what the environment says.
    var endpoint: String?

    init(variables: [String: String], endpoint: String? = nil) {
        self.variables = variables
        self.endpoint = endpoint
    }
}

/// Mail through SES, one call for each.
struct SESTransport: Sendable {
    private let clients: Result<Clients, AWSError>

    private struct Clients: Sendable {
        let email: EmailService
        let tokens: SecurityTokens
    }

    init(_ access: SESAccess, region: Region, profile: String?) {
        do throws(AWSError) {
            let environment = try AWSEnvironment.read(access.variables)
            let endpoints = access.endpoint.map { Endpoints(all: $0) } ?? Endpoints(environment, profile: profile)
            let meter = CallMeter()
            let pool = HTTPPool(width: 1)
            let asking = AWSConnection(endpoints: endpoints, transport: pool, meter: meter)
            // SES could not tell a repetition from a second mail.
            let sending = AWSConnection(endpoints: endpoints, transport: pool, retry: .never, meter: meter)
            let roles = RoleSessions(asking, region: region.text)
            let credentials = RefreshingCredentials(CredentialChain(environment, profile: profile, roles: roles))
            clients = .success(
                Clients(
                    email: EmailService(AWSClient(credentials: credentials, connection: sending), region: region.text),
                    tokens: SecurityTokens(
                        AWSClient(credentials: credentials, connection: asking),
                        region: region.text
                    )
                )
            )
        } catch {
            clients = .failure(error)
        }
    }

    func send(_ message: MailMessage) async -> SendOutcome {
        let bytes: [UInt8]
        do throws(MailProblem) { bytes = try message.composed() } catch { return SendOutcome(error) }
        do throws(AWSError) {
            let id = try await clients.get().email.send(bytes, from: message.from.address, to: message.to.address)
            return .accepted("SES took it as \(visible(id))")
        } catch {
            return outcome(error)
        }
    }

    /// Whose credentials it would be sent with; whether they may is only known by sending.
    func check() async -> SendOutcome {
        do throws(AWSError) {
            let identity = try await clients.get().tokens.callerIdentity()
            return .accepted("SES would be called as \(identity.arn)")
        } catch {
            return .deferred(visible(error.description))
        }
    }

    private func outcome(_ error: AWSError) -> SendOutcome {
        let reason = visible(error.description)
        switch error.kind {
        // What a person has to set right first is no reason to give the letter up.
        case .throttled, .accessDenied, .expiredCredentials, .wrongCredentials, .noCredentials, .clockSkewed,
            .unreachable, .misconfigured, .deadlinePassed:
            return .deferred(reason)
        case .refused where ["AccountSuspendedException", "SendingPausedException"].contains(error.code):
            return .deferred(reason)
        // Whoever the recipient is.
        case .refused where error.code == "MailFromDomainNotVerifiedException": return .misconfigured(reason)
        case .refused: return .refused(reason)
        // Whatever stands before the service lost the answer.
        case .serviceFailure where error.status == 502 || error.status == 504: return .uncertain(reason)
        case .serviceFailure: return .deferred(reason)
        case .brokenOff, .malformedAnswer, .notUnderstood, .cancelled: return .uncertain(reason)
        }
    }
}
