// Every row of Meta's error table that can meet a sender (Cloud API, error codes, 2026-11-20). Meta no longer prints
// the HTTP status; the column is from recorded answers and older copies.

export interface ErrorRow {
  /** HTTP status of the synchronous answer. */
  status: number;
  title: string;
  details: string;
}

export const ERROR_TABLE: Readonly<Record<number, ErrorRow>> = {
  0: { status: 401, title: 'AuthException', details: 'We were unable to authenticate the app user.' },
  1: { status: 400, title: 'API Unknown', details: 'Invalid request or possible server error.' },
  2: {
    status: 503,
    title: 'API Service',
    details: 'Temporary due to downtime or due to being overloaded.',
  },
  3: { status: 500, title: 'API Method', details: 'Capability or permissions issue.' },
  4: { status: 429, title: 'API Too Many Calls', details: 'The app has reached its API call rate limit.' },
  10: {
    status: 403,
    title: 'Permission Denied',
    details: 'Permission is either not granted or has been removed.',
  },
  33: {
    status: 400,
    title: 'Parameter value is not valid',
    details: 'The business phone number has been deleted.',
  },
  100: {
    status: 400,
    title: 'Invalid parameter',
    details: 'The request included one or more unsupported or misspelled parameters.',
  },
  104: { status: 400, title: 'App proof required', details: 'A valid appsecret_proof is required.' },
  190: { status: 401, title: 'Access token has expired', details: 'Your access token has expired.' },
  200: {
    status: 403,
    title: 'API Permission',
    details: 'Permission is either not granted or has been removed.',
  },
  299: {
    status: 403,
    title: 'API Permission',
    details: 'Permission is either not granted or has been removed.',
  },
  368: {
    status: 403,
    title: 'Temporarily blocked for policies violations',
    details: 'The WhatsApp Business Account has been restricted or disabled for violating a platform policy.',
  },
  613: {
    status: 429,
    title: 'Calls to this api have exceeded the rate limit',
    details: 'Calls to this api have exceeded the rate limit.',
  },
  80007: {
    status: 429,
    title: 'Rate limit issues',
    details: 'The WhatsApp Business Account has reached its rate limit.',
  },
  130403: {
    status: 400,
    title: 'Recipient is blocked',
    details: 'The business has blocked this user.',
  },
  130429: {
    status: 429,
    title: 'Rate limit hit',
    details: 'Cloud API message throughput has been reached.',
  },
  130472: {
    status: 400,
    title: "User's number is part of an experiment",
    details: "Failed to send message because this user's phone number is part of an experiment",
  },
  130497: {
    status: 403,
    title: 'Business account is restricted from messaging users in this country.',
    details: 'Business account is restricted from messaging users in this country.',
  },
  131000: {
    status: 500,
    title: 'Something went wrong',
    details: 'Message failed to send due to an unknown error.',
  },
  131005: {
    status: 403,
    title: 'Access denied',
    details: 'Permission is either not granted or has been removed.',
  },
  131008: {
    status: 400,
    title: 'Required parameter is missing',
    details: 'The request is missing a required parameter.',
  },
  131009: {
    status: 400,
    title: 'Parameter value is not valid',
    details: 'One or more parameter values are invalid.',
  },
  131016: {
    status: 503,
    title: 'Service unavailable',
    details: 'A service is temporarily unavailable.',
  },
  131021: {
    status: 400,
    title: 'Recipient cannot be sender',
    details: 'Sender and recipient phone number is the same.',
  },
  131026: { status: 400, title: 'Message undeliverable', details: 'Message Undeliverable.' },
  131030: {
    status: 400,
    title: 'Recipient phone number not in allowed list',
    details:
      'Recipient phone number not in allowed list: Add recipient phone number to recipient list and try again.',
  },
  131031: {
    status: 403,
    title: 'Account has been locked',
    details: 'The WhatsApp Business Account has been restricted or disabled for violating a platform policy.',
  },
  131037: {
    status: 400,
    title: 'WhatsApp provided number needs display name approval before message can be sent.',
    details: 'The display name of this number has not been approved yet.',
  },
  131042: {
    status: 400,
    title: 'Business eligibility payment issue',
    details: 'Message failed to send because there were one or more errors related to your payment method.',
  },
  131044: {
    status: 400,
    title: 'Business eligibility payment issue',
    details: 'There were one or more errors related to your payment method.',
  },
  131045: {
    status: 500,
    title: 'Incorrect certificate',
    details: 'Message failed to send due to a phone number registration error.',
  },
  131047: {
    status: 400,
    title: 'Re-engagement message',
    details:
      'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
  },
  131048: {
    status: 429,
    title: 'Spam rate limit hit',
    details:
      'Message failed to send because there are restrictions on how many messages can be sent from this phone number.',
  },
  131049: {
    status: 400,
    title: 'This message was not delivered to maintain healthy ecosystem engagement.',
    details: 'In order to maintain a healthy ecosystem engagement, the message failed to be delivered.',
  },
  131050: {
    status: 400,
    title: 'User has stopped marketing messages from you',
    details: 'The recipient has chosen to stop receiving marketing messages from you on WhatsApp.',
  },
  131051: {
    status: 400,
    title: 'Unsupported message type',
    details: 'Message type is currently not supported.',
  },
  131052: {
    status: 400,
    title: 'Media download error',
    details: 'Unable to download the media sent by the user.',
  },
  131053: {
    status: 400,
    title: 'Media upload error',
    details: 'Unable to upload the media used in the message.',
  },
  131055: {
    status: 400,
    title: 'Method not allowed',
    details: 'This method is not allowed for this account.',
  },
  131056: {
    status: 429,
    title: '(Business Account, Consumer Account) pair rate limit hit',
    details:
      'Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.',
  },
  131057: {
    status: 500,
    title: 'Account in maintenance mode',
    details: 'The business account is in maintenance mode.',
  },
  131062: {
    status: 400,
    title: 'Business-scoped user ID recipients are not supported',
    details: 'Business-scoped user IDs are not supported as recipients of this message.',
  },
  131063: {
    status: 400,
    title: 'Marketing templates are disabled on Cloud API',
    details: 'Marketing template messages are disabled on Cloud API for this account.',
  },
  131064: {
    status: 400,
    title: 'Limit due to template classification',
    details: 'The account is limited because templates were classified wrongly.',
  },
  132000: {
    status: 400,
    title: 'Number of parameters does not match the expected number of params',
    details: 'The number of variable parameter values included in the request did not match the template.',
  },
  132001: {
    status: 404,
    title: 'Template name does not exist in the translation',
    details: 'The template does not exist in the specified language or the template has not been approved.',
  },
  132005: {
    status: 400,
    title: 'Translated text too long',
    details: 'Translated text is too long.',
  },
  132007: {
    status: 400,
    title: 'Template Content Policy Violation',
    details: 'Template content violates a WhatsApp policy.',
  },
  132008: { status: 400, title: 'Parameter value is not valid', details: 'A parameter value is not valid.' },
  132012: {
    status: 400,
    title: 'Parameter format does not match format in the created template',
    details: 'Variable parameter values formatted incorrectly.',
  },
  132015: {
    status: 400,
    title: 'Template is Paused',
    details: 'Template is paused due to low quality so it cannot be sent in a template message.',
  },
  132016: {
    status: 400,
    title: 'Template is Disabled',
    details: 'Template has been paused too many times due to low quality and is now permanently disabled.',
  },
  132018: {
    status: 400,
    title: 'There was an issue with the parameters in your template',
    details: 'One or more template parameters failed validation.',
  },
  132068: { status: 400, title: 'Flow is blocked', details: 'Flow is in blocked state.' },
  132069: { status: 400, title: 'Flow is throttled', details: 'Flow is in throttled state.' },
  133000: {
    status: 500,
    title: 'Incomplete Deregistration',
    details: 'A previous deregistration attempt failed.',
  },
  133004: {
    status: 503,
    title: 'Server Temporarily Unavailable',
    details: 'Server is temporarily unavailable.',
  },
  133005: { status: 400, title: 'Two step verification PIN Mismatch', details: 'The PIN is incorrect.' },
  133006: {
    status: 400,
    title: 'Phone number Re-verification Needed',
    details: 'Phone number needs to be verified before registering.',
  },
  133008: { status: 400, title: 'Too Many Two step verification PIN Guesses', details: 'Too many guesses.' },
  133009: { status: 400, title: 'Two step verification PIN Guessed Too Fast', details: 'Guessed too fast.' },
  133010: {
    status: 400,
    title: 'Account not registered',
    details: 'Phone number is not registered on the WhatsApp Business Platform.',
  },
  133015: {
    status: 400,
    title: 'Please wait a few minutes before attempting to register this phone number',
    details: 'The phone number was recently deleted, and deletion has not yet completed.',
  },
  133016: {
    status: 400,
    title: 'Account register deregister rate limit exceeded',
    details: 'Registration or Deregistration failed because there were too many attempts for this number.',
  },
  134011: {
    status: 403,
    title: 'WhatsApp Payments terms of service acceptance is pending',
    details: 'WhatsApp Payments terms of service acceptance is pending.',
  },
  134100: {
    status: 400,
    title: 'Only marketing messages supported',
    details: 'Only marketing templates can be sent through the Marketing Messages API.',
  },
  134101: {
    status: 500,
    title: 'Template is syncing',
    details: 'The template is still syncing (up to 10 minutes).',
  },
  134102: { status: 400, title: 'Template unavailable', details: 'The template is not available for use.' },
  135000: {
    status: 400,
    title: 'Generic user error',
    details: 'Message failed to send because of an unknown error with your request parameters.',
  },
  136024: { status: 400, title: 'Request code error', details: 'Phone number is already verified.' },
  137000: {
    status: 400,
    title: 'Recipient identity key hash mismatch',
    details: 'The recipient identity key hash has changed.',
  },
};
