namespace Game.Gateway.Http;

/// <summary>Codes of refusals that the gateway itself makes, beside those of the rules. docs/errors.md lists both.</summary>
public static class GatewayCodes
{
    public const string InvalidJson = "invalid_json";
    public const string JsonTooDeep = "json_too_deep";
    public const string UnknownField = "unknown_field";
    public const string MissingField = "missing_field";
    public const string UnknownParameter = "unknown_parameter";
    public const string InvalidCursor = "invalid_cursor";
    public const string InvalidId = "invalid_id";
    public const string IdempotencyKeyInvalid = "idempotency_key_invalid";
    public const string BadRequest = "bad_request";

    public const string TokenMissing = "token_missing";
    public const string TokenInvalid = "token_invalid";
    public const string TokenExpired = "token_expired";
    public const string SessionRevoked = "session_revoked";
    public const string SignInFailed = "sign_in_failed";
    public const string RefreshInvalid = "refresh_invalid";
    public const string OperatorLoginMissing = "operator_login_missing";
    public const string OperatorLoginFailed = "operator_login_failed";
    public const string Forbidden = "forbidden";

    public const string RouteNotFound = "route_not_found";
    public const string MethodNotAllowed = "method_not_allowed";
    public const string BodyTooLarge = "body_too_large";
    public const string UnsupportedMediaType = "unsupported_media_type";
    public const string ShardNotServed = "shard_not_served";
    public const string UpgradeRequired = "upgrade_required";

    public const string TooFast = "too_fast";
    public const string SignInBusy = "sign_in_busy";
    public const string TooManySessions = "too_many_sessions";

    public const string Draining = "draining";
    public const string ShardUnavailable = "shard_unavailable";
    public const string OutcomeUnknown = "outcome_unknown";
    public const string InternalError = "internal_error";

    public const string FrameInvalid = "frame_invalid";
    public const string FrameUnknown = "frame_unknown";
    public const string DeadLetterNotFound = "dead_letter_not_found";
    public const string TopicUnknown = "topic_unknown";
    public const string PurchasesNotConfigured = "purchases_not_configured";
    public const string TooManyTopics = "too_many_topics";
}
