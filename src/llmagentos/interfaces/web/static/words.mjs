// What the page itself says, in the reader's language.
const CHINESE = {
  "Say what you want": "想做什么，请说", "Send": "发送", "Speak": "说话", "Listening …": "正在听…", "Nothing was heard.": "没有听到声音。", "Show": "看图", "Show a picture": "上传图片", "The picture cannot be read:": "无法读取图片：", "nothing": "无需处理", "tell": "值得留意", "The microphone cannot be used:": "无法使用麦克风：", "Stop everything": "全部停止", "Release": "解除停止",
  "Everything is stopped: no command leaves.": "已全部停止：不会发出任何命令。", "Yes": "是", "No": "否", "why": "为什么",
  "Elsewhere": "其他", "connecting …": "正在连接…", "offline": "离线", "answered": "已处理", "thinking …": "思考中…",
  "Nothing was said yet. Try: turn on the kitchen light": "还没有对话。试试：打开厨房的灯", "observe": "仅观察", "advise": "仅建议", "act": "可执行",
  "Timers and alarms": "计时器与闹钟", "Timer": "计时器", "alarm": "闹钟", "paused": "已暂停",
  "Standing orders": "常设指令", "holds now": "条件成立", "waits": "等待中", "Pause": "暂停", "Resume": "恢复", "Remove": "删除", "Try": "测试", "Edit": "修改", "What stands instead": "改成这样", "What it does is done now, and put back": "现在执行一次，然后恢复原状",
  "Alarms": "警报", "Acknowledge": "确认", "Acknowledge all": "全部确认", "Shelve for 30 min": "搁置30分钟", "Unshelve": "取消搁置",
  "normal": "正常", "Normal": "正常", "unacknowledged": "未确认", "acknowledged": "已确认", "returned": "已恢复，未确认", "shelved": "已搁置",
  "critical": "紧急", "high": "高", "medium": "中", "low": "低",
  "Plans": "计划", "Cancel": "取消", "after": "在此之后：", "waiting": "等待中", "running": "进行中", "done": "完成", "not needed": "不需要", "failed": "失败",
  "skipped": "已跳过", "cancelled": "已取消",
  "I am in": "我在", "anywhere": "任何地方",
};
const chinese = navigator.language.startsWith("zh");
export const say = (text) => (chinese && CHINESE[text]) || text;
